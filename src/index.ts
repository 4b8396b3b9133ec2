/** The package's public face: what an app file needs. */
export {
  type Agent,
  type AgentDefinition,
  defineAgent,
  type ModelPrice,
  type RunLimits,
} from './agent/agent.ts';
export { type AppDefinition, defineApp } from './agent/app-definition.ts';
export {
  defineTool,
  type Tool,
  type ToolContext,
  type ToolDefinition,
  type ToolEffect,
} from './agent/tool.ts';
export { createSearchProvider } from './agent/web-search/create-search-provider.ts';
export { createWebSearch, type WebSearchOptions } from './agent/web-search/create-web-search.ts';
export {
  type SearchKind,
  type SearchOptions,
  type SearchProvider,
  type SearchResult,
} from './agent/web-search/search-provider.ts';
export { type App, type AppOptions, startApp } from './app.ts';
export { type Config, readConfig, readSearchConfig, type SearchConfig } from './config.ts';
export { directiveTypeDefs } from './directive/directive-sdl.ts';
export { type GuardOptions, guardSchema } from './directive/guard-schema.ts';
export { ToolError } from './errors.ts';
export { createLogger } from './lib/logger.ts';
export { GrantSet } from './scope/grant-set.ts';
export { type Identity, type Principal } from './scope/principal.ts';
