/** Given to a worker with --import: the mutant's name is in CHAOS_MUTANT. */
import { register } from 'node:module';

register('./mutant-hook.js', { parentURL: import.meta.url, data: process.env.CHAOS_MUTANT });
