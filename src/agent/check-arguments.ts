import { z } from 'zod';
import { isDeeperThan } from '../lib/is-deeper-than.ts';
import { toWellFormedJson } from '../lib/to-well-formed-json.ts';
import type { Tool } from './tool.ts';

/** Deeper than this, what a model or a tool says is taken for no JSON: not every reader behind could read it. */
export const MAX_JSON_DEPTH = 256;

/** What a model's arguments are worth: good `args` for the tool's `run`, or an `error` sentence for the model. */
export type CheckedArguments =
  { json: unknown; args: never; error?: never } | { json: unknown; error: string };

/**
 * Reads the arguments text that a model wrote for `tool` and checks it against the tool's parameters. `json` is what could
 * be read, `{}` where nothing could; it is free of NUL and lone surrogates.
 */
export function checkArguments(tool: Tool, text: string): CheckedArguments {
  const json = parseJson(text);
  if (json === undefined) return { json: {}, error: 'The arguments are not JSON, or nested too deep.' };
  const parsed = tool.parameters.safeParse(json);
  if (!parsed.success)
    return { json, error: `The arguments do not fit the parameters.\n${z.prettifyError(parsed.error)}` };
  // Checked right above against the schema that `run` was typed by.
  return { json, args: parsed.data as never };
}

/** The JSON that `text` holds, NUL and lone surrogates replaced; `undefined` where it is none, or nested too deep. */
export function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text === '' ? '{}' : text);
    return isDeeperThan(json, MAX_JSON_DEPTH) ? undefined : toWellFormedJson(json);
  } catch {
    // Not JSON is an answer here: the model is told so.
    return undefined;
  }
}
