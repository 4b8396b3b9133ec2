/** As much as is needed of stdout and stderr. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Characters in a line of a terminal. */
  readonly columns?: number;
  /** Whether the terminal shows colours; NO_COLOR and TERM=dumb say no. */
  hasColors?(): boolean;
}
