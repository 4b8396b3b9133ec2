import { defineTool } from 'ambit';
import { z } from 'zod';

/** A tool that waits for an approval: somebody reads what is to be said before it is. */
export const announce = defineTool({
  name: 'announce',
  description: "Shows a sentence in the server's terminal, once it is approved.",
  parameters: z.object({ text: z.string().min(1).max(500) }),
  effect: 'once',
  needsApproval: true,
  run({ text }, { principal }) {
    // As JSON: what a model wrote must not move the cursor of a terminal.
    process.stdout.write(`${JSON.stringify(principal.id)} announces ${JSON.stringify(text)}\n`);
    return { announced: text };
  },
});
