import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react';

import type { Choice } from './choice.ts';

export interface TokenFormProps {
  choose(choice: Choice): void;
  readonly label: string;
  /** More buttons beside the one that submits. */
  readonly children?: ReactNode;
}

/** Takes a token that is pasted, with or without `Bearer` before it. */
export function TokenForm({ label, choose, children }: TokenFormProps): ReactElement {
  const [text, setText] = useState('');
  const token = text.trim().replace(/^Bearer\s+/i, '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (token === '') return;
    setText('');
    choose({ type: 'token', token });
  };
  return (
    <form className="token-form" onSubmit={submit}>
      <label>
        {label}
        <textarea
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          autoComplete="off"
          placeholder="eyJ…"
        />
      </label>
      <p className="hint">It is sent to this server only, and kept until this browser tab is closed.</p>
      <div className="row">
        <button type="submit" className="primary" disabled={token === ''}>
          Use this token
        </button>
        {children}
      </div>
    </form>
  );
}
