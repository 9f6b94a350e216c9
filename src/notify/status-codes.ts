/** What the status of a mail server says (RFC 3463): `5.1.1`, in an answer or in a report. */

/** For good, and neither about policy (7) nor about systems and content (3 to 6) nor about whoever sent it. */
export function isAboutAddress(status: string): boolean {
  return /^5\.[012]\.\d/.test(status) && !isAboutSender(status);
}

/** It is our own address that the server does not believe in: nobody it was written to has become unreachable. */
export function isAboutSender(status: string): boolean {
  return /^5\.1\.[78](?!\d)/.test(status);
}
