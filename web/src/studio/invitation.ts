/** Codes of invitations, as they are typed, printed and linked to. */

/** The code in a link to the page of invitations, or the text itself where it is no link. */
export function invitationIn(text: string): string {
  if (!/^https?:\/\//i.test(text.trim())) return text.trim();
  const { hash } = new URL(text.trim());
  return /^#[A-Za-z0-9-]{1,40}$/.test(hash) ? hash.slice(1) : "";
}
