import { InvalidInputError } from '../errors.ts';
import { IDENTIFIER_RULE, isIdentifier } from '../lib/is-identifier.ts';
import { isUuid } from '../lib/is-uuid.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import type { ToolCallDecision } from '../run/continue-run.ts';
import type { ApprovalDecision, OnBusy, RunAgentInput } from './generated/resolver-types.ts';

const MAX_MESSAGE_LENGTH = 200_000;
const MAX_NAME_LENGTH = 200;
const MAX_NOTE_LENGTH = 2000;
const MAX_WAIT_SECONDS = 280;

export interface CheckedRunInput {
  readonly agentId: string;
  readonly message: string;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly runId: string | null;
  readonly idempotencyKey: string | null;
  readonly onBusy: OnBusy;
  /** How long to wait for the run's end; 0 in the background. */
  readonly waitMs: number;
}

/** @throws InvalidInputError naming the field that will not do. */
export function checkRunInput(input: RunAgentInput): CheckedRunInput {
  const { agentId, message, sessionId = null, userId = null, runId = null, idempotencyKey = null } = input;
  const { onBusy = 'ENQUEUE', background = false, waitSeconds = 30 } = input;
  if (message.trim() === '') throw new InvalidInputError('input.message', 'message must not be empty.');
  if (message.length > MAX_MESSAGE_LENGTH) {
    throw new InvalidInputError('input.message', `message must be at most ${MAX_MESSAGE_LENGTH} characters.`);
  }
  if (runId !== null && !isUuid(runId)) throw new InvalidInputError('input.runId', 'runId must be a UUID.');
  if (userId !== null) checkIdentifier('userId', userId);
  if (idempotencyKey !== null) checkIdentifier('idempotencyKey', idempotencyKey);
  if (waitSeconds < 1 || waitSeconds > MAX_WAIT_SECONDS) {
    throw new InvalidInputError('input.waitSeconds', `waitSeconds must be from 1 to ${MAX_WAIT_SECONDS}.`);
  }
  const waitMs = background ? 0 : waitSeconds * 1000;
  return {
    agentId,
    message,
    sessionId: lower(sessionId),
    userId,
    runId: lower(runId),
    idempotencyKey,
    onBusy,
    waitMs,
  };
}

/**
 * Nothing of an identifier is replaced, lest two become one.
 * @throws InvalidInputError naming the field of the input.
 */
export function checkIdentifier(name: string, value: string): void {
  if (!isIdentifier(value))
    throw new InvalidInputError(`input.${name}`, `${name} must be ${IDENTIFIER_RULE}.`);
}

/** @throws InvalidInputError naming `field`. */
export function checkSessionName(field: string, name: string): string {
  if (name.trim() === '') throw new InvalidInputError(field, 'name must not be empty.');
  if (name.length > MAX_NAME_LENGTH) {
    throw new InvalidInputError(field, `name must be at most ${MAX_NAME_LENGTH} characters.`);
  }
  return name;
}

/** @throws InvalidInputError naming `decisions`. */
export function checkDecisions(decisions: readonly ApprovalDecision[]): ToolCallDecision[] {
  return decisions.map(({ toolCallId, approve, note = null }) => {
    if (note !== null && note.length > MAX_NOTE_LENGTH)
      throw new InvalidInputError('decisions', `A note must be at most ${MAX_NOTE_LENGTH} characters.`);
    const text = note === null || note.trim() === '' ? null : toWellFormedText(note);
    return { toolCallId, approve, note: text };
  });
}

/** A UUID is the same in upper case. */
function lower(id: string | null): string | null {
  return id === null ? null : id.toLowerCase();
}
