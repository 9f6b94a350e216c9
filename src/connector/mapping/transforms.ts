/** The named steps a text may take on its way into a field. One table for the code, its checks and docs/mapping.md. */
import { z } from 'zod';

/** Blank texts pass untouched, except through `default`. */
export type Transform = (text: string) => string;

interface TransformSpec {
  readonly about: string;
  /** What stands behind the name; `null` for nothing. */
  readonly argument: z.ZodType | null;
  /** For the documentation: as written in kontor.yaml, a text, and what becomes of it. */
  readonly example: readonly [written: string, from: string, to: string];
  readonly make: (argument: never) => Transform;
}

function define<A>(spec: {
  about: string;
  argument: z.ZodType<A> | null;
  example: readonly [string, string, string];
  make: (argument: A) => Transform;
}): TransformSpec {
  return spec;
}

const word = z.union([z.string(), z.number()]).transform(String);

export const TRANSFORMS = {
  trim: define({
    about: 'removes blanks around; always done, so naming it only documents it',
    argument: null,
    example: ['trim', ' A-1 ', 'A-1'],
    make: () => (text) => text.trim(),
  }),
  upper: define({ about: 'capital letters', argument: null, example: ['upper', 'de-1', 'DE-1'], make: () => (text) => text.toUpperCase() }),
  lower: define({
    about: 'small letters',
    argument: null,
    example: ['lower', 'Info@X.DE', 'info@x.de'],
    make: () => (text) => text.toLowerCase(),
  }),
  title: define({
    about: 'a capital letter at the start of every word, small ones after it',
    argument: null,
    example: ['title', 'NORDWIND GMBH', 'Nordwind Gmbh'],
    make: () => (text) => text.toLowerCase().replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase()),
  }),
  collapse: define({
    about: 'one blank in place of several, or of line breaks',
    argument: null,
    example: ['collapse', 'Nord   wind', 'Nord wind'],
    make: () => (text) => text.replace(/\s+/g, ' '),
  }),
  digits: define({
    about: 'keeps digits only',
    argument: null,
    example: ['digits', '+49 40/123', '4940123'],
    make: () => (text) => text.replace(/[^0-9]/g, ''),
  }),
  strip: define({
    about: 'removes each of these characters wherever it stands',
    argument: word,
    example: ["{ strip: ' €' }", '1.200 €', '1.200'],
    make: (characters: string) => {
      const unwanted = new Set(characters);
      return (text) => [...text].filter((character) => !unwanted.has(character)).join('');
    },
  }),
  replace: define({
    about: 'replaces every occurrence of a text, taken literally',
    argument: z.strictObject({ from: word.refine((from) => from !== '', 'must not be empty'), to: word }),
    example: ["{ replace: { from: '/', to: '-' } }", '10/20/30', '10-20-30'],
    make:
      ({ from, to }: { from: string; to: string }) =>
      (text) =>
        text.split(from).join(to),
  }),
  split: define({
    about: 'takes one part: the first is 1, the last is -1',
    argument: z.strictObject({
      by: word.refine((by) => by !== '', 'must not be empty'),
      take: z.int().refine((take) => take !== 0, 'counts from 1, or from -1 at the end'),
    }),
    example: ["{ split: { by: '-', take: 2 } }", 'DE-100-X', '100'],
    make:
      ({ by, take }: { by: string; take: number }) =>
      (text) =>
        text.split(by).at(take > 0 ? take - 1 : take) ?? '',
  }),
  prepend: define({
    about: 'puts a text before',
    argument: word,
    example: ["{ prepend: 'C-' }", '100', 'C-100'],
    make: (before: string) => (text) => before + text,
  }),
  append: define({
    about: 'puts a text behind',
    argument: word,
    example: ["{ append: '-EU' }", '100', '100-EU'],
    make: (behind: string) => (text) => text + behind,
  }),
  pad: define({
    about: 'fills up to a length at the start, or with `side: end` at the end',
    argument: z.strictObject({
      length: z.int().min(1).max(200),
      with: word.refine((fill) => fill.length === 1, 'must be one character'),
      side: z.enum(['start', 'end']).default('start'),
    }),
    example: ["{ pad: { length: 8, with: '0' } }", '1001', '00001001'],
    make:
      ({ length, with: fill, side }: { length: number; with: string; side: 'start' | 'end' }) =>
      (text) =>
        side === 'start' ? text.padStart(length, fill) : text.padEnd(length, fill),
  }),
  slice: define({
    about: 'characters from a place on (the first is 1, the last is -1), all or a number of them',
    argument: z.strictObject({
      from: z.int().refine((from) => from !== 0, 'counts from 1, or from -1 at the end'),
      length: z.int().min(1).optional(),
    }),
    example: ['{ slice: { from: 1, length: 3 } }', 'ABCDEF', 'ABC'],
    make:
      ({ from, length }: { from: number; length?: number | undefined }) =>
      (text) => {
        const characters = [...text];
        const start = from > 0 ? from - 1 : Math.max(0, characters.length + from);
        return characters.slice(start, length === undefined ? undefined : start + length).join('');
      },
  }),
  blank: define({
    about: 'takes these whole texts for blank',
    argument: z.union([word, z.array(word)]).transform((given) => [given].flat()),
    example: ["{ blank: ['-', n/a, '0000-00-00'] }", 'n/a', ''],
    make: (placeholders: string[]) => (text) => (placeholders.includes(text) ? '' : text),
  }),
  default: define({
    about: 'stands in for a blank',
    argument: word,
    example: ["{ default: 'NET30' }", '', 'NET30'],
    make: (standIn: string) => (text) => text || standIn,
  }),
} as const satisfies Record<string, TransformSpec>;

export type TransformName = keyof typeof TRANSFORMS;
export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as TransformName[];

export function isTransformName(name: string): name is TransformName {
  return Object.hasOwn(TRANSFORMS, name);
}

/** The step, or what is wrong with its argument (path below the name, sentence). */
export function makeTransform(name: TransformName, argument: unknown): Transform | Array<[path: string, message: string]> {
  const spec: TransformSpec = TRANSFORMS[name];
  if (spec.argument === null)
    return argument === undefined ? keepBlank(name, spec.make(undefined as never)) : [['', `${name} takes nothing; write just ${name}`]];
  const checked = spec.argument.safeParse(argument);
  if (checked.success) return keepBlank(name, spec.make(checked.data as never));
  return checked.error.issues.map((issue) => [issue.path.join('.'), `${issue.message}; write it as ${spec.example[0]}`]);
}

function keepBlank(name: TransformName, step: Transform): Transform {
  return name === 'default' ? step : (text) => (text === '' ? '' : step(text));
}
