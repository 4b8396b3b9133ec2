import type { ReactElement, RefObject } from 'react';

import { TokenForm } from './token-form.tsx';
import type { CallerState } from './use-caller.ts';

export interface TokenDialogProps extends Pick<CallerState<unknown>, 'choose'> {
  /** For whoever opens it. */
  readonly dialog: RefObject<HTMLDialogElement | null>;
}

/** Asks for another token to act with. */
export function TokenDialog({ dialog, choose }: TokenDialogProps): ReactElement {
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="token-dialog">
      <h2 id="token-dialog">Act with another token</h2>
      <TokenForm
        label="Token"
        choose={(next) => {
          close();
          choose(next);
        }}
      >
        <button type="button" onClick={close}>
          Cancel
        </button>
      </TokenForm>
    </dialog>
  );
}
