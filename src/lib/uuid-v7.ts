import { randomBytes } from 'node:crypto';

const MAX_COUNTER = 0xfff;
let lastMs = 0;
let counter = 0;

/**
 * A new UUID version 7 (RFC 9562, section 5.7) in lower case, of the instant `now` (milliseconds since 1970). Those made by one
 * process with a `now` that does not go backwards sort in the order they were made: the 12 bits after the time count within a
 * millisecond (section 6.2, method 1), and when they are used up the time is moved on by a millisecond.
 */
export function uuidV7(now: number = Date.now()): string {
  const ms = tick(now);
  const bytes = randomBytes(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The millisecond to write, with `counter` set for it. A clock set back by a little goes on counting where it was. */
function tick(now: number): number {
  const behindMs = lastMs - now;
  if (behindMs < 0 || behindMs > MAX_DRIFT_MS) {
    lastMs = now;
    counter = 0;
  } else if (counter < MAX_COUNTER) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = 0;
  }
  return lastMs;
}

/** Further back than this, the clock is believed. */
const MAX_DRIFT_MS = 10_000;
