import { userInfo } from 'node:os';

/** For trails: what people change from a keyboard carries the name of whoever sat there. */
export function whoAmI(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return 'cli';
  }
}
