import { defineAgent, defineApp } from 'ambit';
import { serverStatus } from './server-status.ts';
import { summarizeNumbers } from './summarize-numbers.ts';

const webSearchAgent = defineAgent({
  id: 'web-search-agent',
  name: 'Web Search Agent',
  description: 'Answers questions about the world.',
  instructions: 'Answer briefly. Say where you know something from, and when you do not know it.',
});

const analystAgent = defineAgent({
  id: 'analyst-agent',
  name: 'Data Analyst Agent',
  description: 'Makes sense of numbers.',
  instructions: 'You are a data analyst. Use summarize_numbers for figures; never compute them yourself.',
  tools: [summarizeNumbers],
});

const adminAgent = defineAgent({
  id: 'admin-agent',
  name: 'Admin Agent',
  description: 'Knows how this server is doing.',
  instructions: 'You help the operators of this server. Use server_status when asked about it.',
  tools: [serverStatus],
});

export default defineApp({
  id: 'ambit-demo',
  name: 'Ambit demo',
  agents: [webSearchAgent, analystAgent, adminAgent],
});
