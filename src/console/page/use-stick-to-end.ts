import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** So near the end counts as being there. */
const NEAR_PX = 48;

export interface StickToEnd {
  /** Of the element that scrolls. Its first child is what grows. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
}

/**
 * Keeps the end of what grows in view, as long as the reader is there; who reads further up is left alone. `begins`: at the end.
 */
export function useStickToEnd(begins: boolean): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const sticks = useRef(begins);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = useCallback(() => {
    sticks.current = true;
    setAtEnd(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let height = element.scrollHeight;
    const onScroll = (): void => {
      // What grows or shrinks moves the end, and not the reader.
      if (element.scrollHeight !== height) return;
      sticks.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      setAtEnd(sticks.current);
    };
    const onGrowth = (): void => {
      height = element.scrollHeight;
      if (sticks.current) element.scrollTo({ top: height });
      else setAtEnd(height - element.scrollTop - element.clientHeight < NEAR_PX);
    };
    const observer = new ResizeObserver(onGrowth);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  return { scroller, isAtEnd, toEnd };
}
