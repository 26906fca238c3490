/** The page of the studio where somebody tells a new story of their own. `quest`: the code of the trail that it is about. */
export const tellingAt = (quest: string | null): string =>
  ["/studio/story", crypto.randomUUID(), ...(quest ? [quest] : [])].join("/");

/** A day in the middle of a month "2026-11", to be shown by its month alone. */
export const within = (month: string): Date => new Date(`${month}-15T12:00:00Z`);
