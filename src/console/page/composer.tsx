import { type FormEvent, type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';

export interface ComposerProps {
  readonly agentName: string;
  /** What there is to know before one writes. */
  readonly hint: string | null;
  readonly send: (message: string) => void;
  /** Stops what runs; left out: nothing does. */
  readonly stop?: (() => void) | undefined;
  /** Where to continue after it was sent. */
  readonly takesFocus?: boolean;
}

/** As long as the server takes. */
const MAX_LENGTH = 200_000;

/** Where a message is written. Enter sends it, Shift with Enter begins a line, Escape stops what runs. */
export function Composer({ agentName, hint, send, stop, takesFocus = false }: ComposerProps): ReactElement {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const isEmpty = text.trim() === '';
  useEffect(() => {
    if (takesFocus) field.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (isEmpty) return;
    setText('');
    send(text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While a word is composed from keys, Enter belongs to that.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
    if (event.key === 'Escape') stop?.();
  };
  return (
    <form className="dock" onSubmit={submit}>
      <div className="composer">
        <div className="composer-box">
          <textarea
            ref={field}
            rows={1}
            value={text}
            dir="auto"
            maxLength={MAX_LENGTH}
            aria-label={`Message to ${agentName}`}
            aria-describedby="composer-hint"
            placeholder="Write a message"
            onChange={({ target }) => setText(target.value)}
            onKeyDown={onKeyDown}
          />
          {stop !== undefined && (
            <button type="button" className="stop" title="Stop (Escape)" onClick={stop}>
              Stop
            </button>
          )}
          <button type="submit" className="primary" disabled={isEmpty}>
            Send
          </button>
        </div>
        <p className="hint" id="composer-hint">
          <span>{hint}</span>
          <span className="keys">Enter sends · Shift+Enter: new line · Escape stops</span>
        </p>
      </div>
    </form>
  );
}
