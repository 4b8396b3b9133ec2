import { defineAgent, defineApp, defineTool, ToolError } from 'ambit';
import { z } from 'zod';

const STOCK = new Map([
  ['green tea', 12],
  ['coffee', 0],
]);

// A tool is a function that the model may call. Its arguments are checked against `parameters` before it is.
const readStock = defineTool({
  name: 'read_stock',
  description: 'How much of an article is in stock.',
  parameters: z.object({ article: z.string().describe('As "green tea".') }),
  effect: 'read', // it changes nothing, so after a crash it may be called again; without this it counts as `once`
  // scope: 'stock:read', // with this, the model is told of the tool only when the caller's token holds the scope
  run({ article }) {
    const count = STOCK.get(article.toLowerCase());
    // The model is told this sentence. Of whatever else is thrown it is told "The tool failed."
    if (count === undefined) throw new ToolError(`There is no article "${article}".`);
    return { article, count };
  },
});

// What a token must hold to run this agent: agents:run, agents:*:run or agents:shop-assistant:run.
const shopAssistant = defineAgent({
  id: 'shop-assistant',
  name: 'Shop Assistant',
  description: 'Knows what is in stock.',
  instructions: 'You help customers of a shop. Ask read_stock for figures; never guess them.',
  tools: [readStock],
});

export default defineApp({ id: 'shop', name: 'Shop', agents: [shopAssistant] });
