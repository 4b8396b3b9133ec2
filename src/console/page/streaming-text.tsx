import { memo, type ReactElement, useLayoutEffect, useRef } from 'react';

import { TextSheet } from './text-sheet.ts';

/** Text that grows: what is new is appended, and what is there is left alone. */
export const StreamingText = memo(function StreamingText({ text }: { readonly text: string }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  const sheet = useRef<TextSheet>(null);
  useLayoutEffect(() => {
    if (element.current === null) return;
    sheet.current ??= new TextSheet(element.current);
    sheet.current.show(text);
  }, [text]);
  return <div className="text" ref={element} />;
});
