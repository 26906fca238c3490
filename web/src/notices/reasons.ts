/** Why something is pointed out or decided: the server's codes (`server/use_cases/cases/reasons.py`), the worst first. */

export const REASONS = [
  "child",
  "meeting-unsafe",
  "illegal-content",
  "hate",
  "dangerous-place",
  "personal-data",
  "sacred-or-sami",
  "land-owner",
  "copyright",
  "spam",
  "other",
] as const;
export type Reason = (typeof REASONS)[number];

/** Reasons for which nobody has to say who they are. */
export const NAMELESS: ReadonlySet<Reason> = new Set<Reason>(["child"]);

/** Reasons for which somebody may be in danger now: whom to ring is said first. */
export const DANGERS: ReadonlySet<Reason> = new Set<Reason>(["child", "meeting-unsafe", "dangerous-place"]);
