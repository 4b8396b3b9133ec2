import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  emitLegacyCommonJSImports: false,
  generates: {
    'src/graphql/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../request-context.ts#RequestContext',
        enumsAsTypes: true,
        useTypeImports: true,
        optionalResolveType: true,
        resolversNonOptionalTypename: { unionMember: true },
        avoidOptionals: { field: true, inputValue: false, object: true, defaultValue: true },
        scalars: {
          DateTime: { input: 'Date', output: 'Date' },
          JSON: { input: 'unknown', output: 'unknown' },
          ID: { input: 'string', output: 'string' },
        },
        mappers: {
          Agent: '../../agent/agent.ts#Agent as AgentModel',
          Tool: '../../agent/tool.ts#Tool as ToolModel',
          Viewer: '../../scope/principal.ts#Principal',
          Session: '../../store/session.ts#SessionRow',
          Run: '../run-model.ts#RunModel',
          ToolCall: '../tool-call-model.ts#ToolCallModel',
          Approval: '../../store/open-approval.ts#OpenApprovalRow',
          AuditEvent: '../../store/audit-event.ts#AuditEventRow',
          Message: '../../store/message.ts#MessageRow',
          Revocation: '../revocation-model.ts#RevocationModel',
          Config: '../server-info.ts#ServerInfo',
          RunEvent: '../../event/run-event.ts#RunEvent as RunEventModel',
          RunStarted: '../../event/run-event.ts#RunStartedEvent',
          TextDelta: '../../event/run-event.ts#DeltaEvent',
          ReasoningDelta: '../../event/run-event.ts#DeltaEvent',
          ToolCallStarted: '../../event/run-event.ts#ToolCallEvent',
          ToolCallFinished: '../../event/run-event.ts#ToolCallEvent',
          ApprovalRequested: '../../event/run-event.ts#ApprovalRequestedEvent',
          ApprovalResolved: '../../event/run-event.ts#ApprovalResolvedEvent',
          MessageSuperseded: '../../event/run-event.ts#MessageSupersededEvent',
          RunFinished: '../../event/run-event.ts#RunFinishedEvent',
        },
      },
    },
    'src/client/generated/': {
      preset: 'client',
      documents: ['src/client/operations.graphql'],
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', JSON: 'unknown', ID: 'string' },
      },
    },
    'test/_util/generated/': {
      preset: 'client',
      documents: ['test/e2e/**/*.ts', 'test/fault/**/*.ts', 'test/_util/*.ts'],
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', JSON: 'unknown', ID: 'string' },
      },
    },
  },
};

export default config;
