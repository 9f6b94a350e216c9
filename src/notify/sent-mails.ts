/** What one look at the queue came to, in numbers. */
export interface SentMails {
  mails: number;
  notifications: number;
  suppressed: number;
  held: number;
  bounced: number;
  failed: number;
  /** Why nothing more was tried: the server is away, or does not let us in. */
  blocked: { code: string; answer: string } | null;
}
