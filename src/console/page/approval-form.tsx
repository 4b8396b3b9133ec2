import { type ReactElement, useState } from 'react';

import type { AmbitToolCall } from '../../client/run-event.ts';
import type { RunStore } from './run-store.ts';

export interface ApprovalFormProps {
  /** All that wait: they are decided together. */
  readonly calls: readonly AmbitToolCall[];
  readonly run: RunStore;
}

/** As long as the server takes. */
const MAX_NOTE = 2000;

/** What a run waits for: each call as it would be made, and the choice. One alone is decided by its button. */
export function ApprovalForm({ calls, run }: ApprovalFormProps): ReactElement {
  const [choices, setChoices] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [notes, setNotes] = useState<ReadonlyMap<string, string>>(new Map());
  const [isSending, setSending] = useState(false);
  const isAlone = calls.length === 1;
  const send = async (chosen: ReadonlyMap<string, boolean>): Promise<void> => {
    setSending(true);
    await run.decide(
      calls.map(({ id }) => {
        const note = (notes.get(id) ?? '').trim();
        return { toolCallId: id, approve: chosen.get(id) === true, ...(note !== '' && { note }) };
      }),
    );
    setSending(false);
  };
  const choose = (id: string, approve: boolean): void => {
    const chosen = new Map(choices).set(id, approve);
    setChoices(chosen);
    if (isAlone) void send(chosen);
  };
  return (
    <div className="approvals" role="group" aria-label="Approval">
      {calls.map((call) => (
        <ApprovalCard
          key={call.id}
          call={call}
          chosen={isAlone ? undefined : choices.get(call.id)}
          isDisabled={isSending}
          note={notes.get(call.id) ?? ''}
          setNote={(note) => setNotes(new Map(notes).set(call.id, note))}
          choose={(approve) => choose(call.id, approve)}
        />
      ))}
      {!isAlone && (
        <button
          type="button"
          className="primary"
          disabled={isSending || calls.some(({ id }) => !choices.has(id))}
          onClick={() => void send(choices)}
        >
          Send {calls.length} decisions
        </button>
      )}
    </div>
  );
}

function ApprovalCard({
  call: { id, name, arguments: args, status },
  chosen,
  isDisabled,
  note,
  setNote,
  choose,
}: {
  readonly call: AmbitToolCall;
  /** `undefined`: nothing yet, or it is sent at once. */
  readonly chosen: boolean | undefined;
  readonly isDisabled: boolean;
  readonly note: string;
  readonly setNote: (note: string) => void;
  readonly choose: (approve: boolean) => void;
}): ReactElement {
  const isUnknown = status === 'UNKNOWN';
  return (
    <div className="approval" role="group" aria-labelledby={`approval-${id}`}>
      <h2 id={`approval-${id}`}>
        {isUnknown ? 'Make it again?' : 'May it do this?'} <code>{name}</code>
      </h2>
      {isUnknown && (
        <p>It may have happened already: it was broken off. Approve makes it again under the same key.</p>
      )}
      <pre tabIndex={0}>{JSON.stringify(args, null, 2)}</pre>
      <label>
        <span>Note (a refusal’s is told to the model)</span>
        <input
          type="text"
          value={note}
          dir="auto"
          maxLength={MAX_NOTE}
          disabled={isDisabled}
          onChange={({ target }) => setNote(target.value)}
        />
      </label>
      <div className="row">
        <button
          type="button"
          className="primary"
          disabled={isDisabled}
          aria-pressed={chosen === undefined ? undefined : chosen}
          onClick={() => choose(true)}
        >
          Approve
        </button>
        <button
          type="button"
          disabled={isDisabled}
          aria-pressed={chosen === undefined ? undefined : !chosen}
          onClick={() => choose(false)}
        >
          Refuse
        </button>
      </div>
    </div>
  );
}
