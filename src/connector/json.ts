/** Any JSON value; cursors and stored payloads are made of it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
