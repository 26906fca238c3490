/** What a body can be, and where it can be at home. */

import type { Schemas } from "../api/client.ts";
import { said, studio } from "../api/studio.ts";

export type Kind = Schemas["BodyApplication"]["kind"];
export const KINDS: readonly Kind[] = ["association", "sameby", "municipality", "region"];

export type Choice = { readonly value: string; readonly label: string };

/** The region's municipalities by SCB's codes, in the order of their names. */
export async function municipalities(): Promise<readonly Choice[]> {
  const { features } = await said(studio.GET("/api/v1/municipalities"));
  return features.map(({ properties }) => ({ value: properties.code, label: properties.name }));
}

export type Body = Schemas["BodyAnswer"];
export type Role = Schemas["RoleBody"]["role"];
export const ROLES: readonly Role[] = ["viewer", "author", "editor", "owner"];
