/** One thing that somebody has asked for: whether it is under way, and what was said against it, where it is written. */

import { SaidNo, Unreachable } from "../api/client.ts";
import { say } from "../app/language.svelte.ts";
import { NoPasskey } from "./passkeys.ts";
import { Regretted, strongly } from "./stronger.svelte.ts";

type No = SaidNo | Unreachable | NoPasskey;

export class Doing {
  busy = $state(false);
  /** It was done the last time. */
  went = $state(false);
  #no: No | null = $state(null);
  readonly #fields: readonly string[];

  /** `fields`: those of the form, as JSON pointers; what is wrong with one of them is said beside it. */
  constructor(...fields: string[]) {
    this.#fields = fields;
  }

  /** What it came to; nothing where it was refused, or is under way already. */
  async run<Made>(act: () => Promise<Made>): Promise<Made | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.forget();
    try {
      const made = await strongly(act);
      this.went = true;
      return made;
    } catch (error) {
      if (error instanceof SaidNo || error instanceof Unreachable || error instanceof NoPasskey) this.#no = error;
      else if (!(error instanceof Regretted)) throw error;
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** The server's code of what was said against it; empty where nothing was. */
  get code(): string {
    return this.#no instanceof SaidNo ? this.#no.code : "";
  }

  get failed(): boolean {
    return this.#no !== null;
  }

  forget(): void {
    this.went = false;
    this.#no = null;
  }

  /** What is wrong with a field; empty where nothing is. `right`: how it would be right, where it cannot be read. */
  at(pointer: string, right = say("studio.field.wrong")): string {
    const no = this.#no;
    if (!(no instanceof SaidNo) || !no.pointers.some((one) => one === pointer || one.startsWith(`${pointer}/`)))
      return "";
    return no.code === "invalid-body" ? right : no.detail;
  }

  /** What is to be said of it that no field says. */
  get sentence(): string {
    const no = this.#no;
    if (no === null) return "";
    if (no instanceof NoPasskey) return say(no.again ? "studio.passkey.there" : "studio.passkey.none");
    if (no instanceof Unreachable) return say("studio.unreachable");
    if (this.#fields.some((field) => this.at(field))) return "";
    return no.code.startsWith("invalid-") ? say("studio.form.wrong") : no.detail;
  }
}
