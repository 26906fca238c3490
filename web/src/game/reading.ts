/** Reading what came as JSON: an error that says where, and own names alone. */

/** What cannot be read, with a JSON pointer of where; `unknown-form` is of a newer app or server. */
export class Unreadable extends Error {
  readonly code: "unreadable" | "unknown-form";
  readonly pointer: string;

  constructor(code: "unreadable" | "unknown-form", pointer: string, reason: string) {
    super(`${pointer || "/"}: ${reason}`);
    this.name = "Unreadable";
    this.code = code;
    this.pointer = pointer;
  }
}

export type Raw = Readonly<Record<string, unknown>>;

export function object(value: unknown, pointer: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unreadable("unreadable", pointer, "an object is wanted here");
  }
  return value as Raw;
}

/** An object with what it leaves out. */
export function filled<Form>(defaults: object, value: unknown, pointer: string): Form {
  return { ...defaults, ...object(value, pointer) } as unknown as Form;
}

/** Each part of a list, read. */
export function list<Part>(
  value: unknown,
  pointer: string,
  read: (part: unknown, pointer: string) => Part,
): Part[] {
  if (!Array.isArray(value)) throw new Unreadable("unreadable", pointer, "a list is wanted here");
  return value.map((part, at) => read(part, `${pointer}/${at}`));
}

/** Each value of an object, read. */
export function table<Part>(
  value: unknown,
  pointer: string,
  read: (part: unknown, pointer: string) => Part,
): Record<string, Part> {
  return Object.fromEntries(
    Object.entries(object(value, pointer)).map(([name, part]) => [name, read(part, `${pointer}/${name}`)]),
  );
}

export function text(value: unknown, pointer: string): string {
  if (typeof value !== "string") throw new Unreadable("unreadable", pointer, "a text is wanted here");
  return value;
}

/** Null stays null, and what is left out becomes it. */
export function orNull<Part>(
  value: unknown,
  pointer: string,
  read: (part: unknown, pointer: string) => Part,
): Part | null {
  return value === null || value === undefined ? null : read(value, pointer);
}

/** What stands under a name of its own: a stage may be called "constructor". */
export function own<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
