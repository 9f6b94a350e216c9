/** What templates are given: every key is always there, so that a template that names another is found out before a mail is lost. */

export interface MailView {
  readonly language: string;
  readonly subject: string;
  /** Shown beside the subject in a list of mails. */
  readonly preview: string;
  readonly greeting: string;
  /** Only of a digest. */
  readonly intro: string | null;
  readonly isDigest: boolean;
  readonly items: readonly ItemView[];
  readonly closing: readonly string[];
}

/** One notification. */
export interface ItemView {
  readonly event: string;
  /** Names of the templates that draw it. */
  readonly template: { readonly html: string; readonly text: string };
  readonly title: string;
  readonly lead: string;
  readonly notes: readonly string[];
  readonly action: { readonly label: string; readonly url: string } | null;
  readonly lists: ReadonlyArray<{ readonly title: string; readonly entries: readonly string[] }>;
  readonly lines: LinesView | null;
  readonly facts: readonly FactView[];
}

export interface LinesView {
  readonly title: string;
  readonly rows: ReadonlyArray<{ readonly item: string; readonly detail: string | null; readonly amount: string }>;
  readonly sums: ReadonlyArray<{ readonly label: string; readonly value: string }>;
}

export interface FactView {
  readonly label: string;
  /** In one line. */
  readonly value: string;
  readonly lines: readonly string[];
}
