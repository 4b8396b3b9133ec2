/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation RunAgent($input: RunAgentInput!) {\n    runAgent(input: $input) {\n      ...RunParts\n    }\n  }\n": typeof types.RunAgentDocument,
    "\n  query Run($id: ID!) {\n    run(id: $id) {\n      ...RunParts\n    }\n  }\n": typeof types.RunDocument,
    "\n  mutation CancelRun($runId: ID!) {\n    cancelRun(runId: $runId) {\n      ...RunParts\n    }\n  }\n": typeof types.CancelRunDocument,
    "\n  fragment RunParts on Run {\n    id\n    agentId\n    sessionId\n    userId\n    status\n    input\n    output\n    error {\n      code\n      message\n    }\n    toolCalls {\n      id\n      name\n      arguments\n      result\n      error\n      status\n      startedAt\n      finishedAt\n    }\n    metrics {\n      inputTokens\n      outputTokens\n      totalTokens\n      modelCalls\n      toolCalls\n      timeToFirstTokenMs\n      durationMs\n    }\n    attempt\n    lastSeq\n    replayed\n    createdAt\n    startedAt\n    finishedAt\n  }\n": typeof types.RunPartsFragmentDoc,
    "\n  subscription RunEvents($runId: ID!, $after: Int! = 0) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      runId\n      seq\n      at\n      ... on RunStarted {\n        attempt\n        model\n      }\n      ... on TextDelta {\n        messageId\n        delta\n      }\n      ... on ReasoningDelta {\n        messageId\n        delta\n      }\n      ... on ToolCallStarted {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ToolCallFinished {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalRequested {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalResolved {\n        approved\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on MessageSuperseded {\n        messageId\n      }\n      ... on RunFinished {\n        run {\n          ...RunParts\n        }\n      }\n    }\n  }\n": typeof types.RunEventsDocument,
    "\n  fragment ToolCallParts on ToolCall {\n    id\n    name\n    arguments\n    result\n    error\n    status\n  }\n": typeof types.ToolCallPartsFragmentDoc,
    "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      id\n      name\n      agentId\n      userId\n      createdAt\n      updatedAt\n    }\n  }\n": typeof types.CreateSessionDocument,
    "\n  query Messages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    session(id: $id) {\n      messages(first: $first, after: $after, last: $last, before: $before) {\n        edges {\n          cursor\n          node {\n            id\n            role\n            content\n            runId\n          }\n        }\n        pageInfo {\n          hasNextPage\n          hasPreviousPage\n          startCursor\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.MessagesDocument,
    "\n  mutation RevokeTokens($input: RevokeTokensInput!) {\n    revokeTokens(input: $input) {\n      tokenId\n      userId\n      all\n      issuedBefore\n      cancelledRuns\n    }\n  }\n": typeof types.RevokeTokensDocument,
    "\n  mutation ContinueRun($runId: ID!, $decisions: [ApprovalDecision!]!) {\n    continueRun(runId: $runId, decisions: $decisions) {\n      ...RunParts\n    }\n  }\n": typeof types.ContinueRunDocument,
    "\n  query Approvals($agentId: ID, $first: Int = 20, $after: String) {\n    approvals(agentId: $agentId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          runId\n          agentId\n          userId\n          toolCallId\n          name\n          arguments\n          kind\n          requestedBy\n          requestedAt\n          expiresAt\n          requiresOtherApprover\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.ApprovalsDocument,
    "\n  query Pending($id: ID!) {\n    run(id: $id) {\n      status\n      pendingApprovals {\n        ...ToolCallParts\n      }\n    }\n  }\n": typeof types.PendingDocument,
    "\n  mutation DeletePausedSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n": typeof types.DeletePausedSessionDocument,
    "\n  query Audit(\n    $first: Int = 100\n    $after: String\n    $userId: ID\n    $outcome: AuditOutcome\n    $field: String\n    $since: DateTime\n    $until: DateTime\n  ) {\n    audit(\n      first: $first\n      after: $after\n      userId: $userId\n      outcome: $outcome\n      field: $field\n      since: $since\n      until: $until\n    ) {\n      edges {\n        cursor\n        node {\n          id\n          at\n          firstAt\n          count\n          outcome\n          code\n          reason\n          userId\n          field\n          path\n          operationName\n          transport\n          ids {\n            name\n            value\n          }\n          requiredScopes\n          grantedScopes\n          correlationId\n          nodeId\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.AuditDocument,
    "\n  query Agents {\n    agents {\n      id\n      canRun\n    }\n  }\n": typeof types.AgentsDocument,
    "\n  query Config {\n    config {\n      id\n      name\n      version\n      database\n      models\n      scopes\n      agents {\n        id\n      }\n    }\n  }\n": typeof types.ConfigDocument,
    "\n        query Viewer {\n          viewer {\n            id\n            scopes\n            unknownScopes\n            isAdmin\n            expiresAt\n            run: can(scope: \"agents:web-search-agent:run\")\n            runOther: can(scope: \"agents:analyst-agent:run\")\n            malformed: can(scope: \"agents\")\n          }\n        }\n      ": typeof types.ViewerDocument,
    "\n  mutation EraseUser($userId: ID!) {\n    eraseUser(userId: $userId) {\n      userId\n      deletedSessions\n      anonymizedRuns\n      isComplete\n    }\n  }\n": typeof types.EraseUserDocument,
    "\n      query Runs($agentId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String) {\n        runs(agentId: $agentId, userId: $userId, status: $status, first: $first, after: $after) {\n          edges {\n            node {\n              id\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    ": typeof types.RunsDocument,
    "\n  mutation RenameSession($id: ID!, $name: String!) {\n    renameSession(id: $id, name: $name) {\n      id\n      name\n    }\n  }\n": typeof types.RenameSessionDocument,
    "\n  mutation DeleteSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n": typeof types.DeleteSessionDocument,
    "\n  query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {\n    sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          name\n          userId\n          agent {\n            id\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n    }\n  }\n": typeof types.SessionsDocument,
};
const documents: Documents = {
    "\n  mutation RunAgent($input: RunAgentInput!) {\n    runAgent(input: $input) {\n      ...RunParts\n    }\n  }\n": types.RunAgentDocument,
    "\n  query Run($id: ID!) {\n    run(id: $id) {\n      ...RunParts\n    }\n  }\n": types.RunDocument,
    "\n  mutation CancelRun($runId: ID!) {\n    cancelRun(runId: $runId) {\n      ...RunParts\n    }\n  }\n": types.CancelRunDocument,
    "\n  fragment RunParts on Run {\n    id\n    agentId\n    sessionId\n    userId\n    status\n    input\n    output\n    error {\n      code\n      message\n    }\n    toolCalls {\n      id\n      name\n      arguments\n      result\n      error\n      status\n      startedAt\n      finishedAt\n    }\n    metrics {\n      inputTokens\n      outputTokens\n      totalTokens\n      modelCalls\n      toolCalls\n      timeToFirstTokenMs\n      durationMs\n    }\n    attempt\n    lastSeq\n    replayed\n    createdAt\n    startedAt\n    finishedAt\n  }\n": types.RunPartsFragmentDoc,
    "\n  subscription RunEvents($runId: ID!, $after: Int! = 0) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      runId\n      seq\n      at\n      ... on RunStarted {\n        attempt\n        model\n      }\n      ... on TextDelta {\n        messageId\n        delta\n      }\n      ... on ReasoningDelta {\n        messageId\n        delta\n      }\n      ... on ToolCallStarted {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ToolCallFinished {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalRequested {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalResolved {\n        approved\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on MessageSuperseded {\n        messageId\n      }\n      ... on RunFinished {\n        run {\n          ...RunParts\n        }\n      }\n    }\n  }\n": types.RunEventsDocument,
    "\n  fragment ToolCallParts on ToolCall {\n    id\n    name\n    arguments\n    result\n    error\n    status\n  }\n": types.ToolCallPartsFragmentDoc,
    "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      id\n      name\n      agentId\n      userId\n      createdAt\n      updatedAt\n    }\n  }\n": types.CreateSessionDocument,
    "\n  query Messages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    session(id: $id) {\n      messages(first: $first, after: $after, last: $last, before: $before) {\n        edges {\n          cursor\n          node {\n            id\n            role\n            content\n            runId\n          }\n        }\n        pageInfo {\n          hasNextPage\n          hasPreviousPage\n          startCursor\n          endCursor\n        }\n      }\n    }\n  }\n": types.MessagesDocument,
    "\n  mutation RevokeTokens($input: RevokeTokensInput!) {\n    revokeTokens(input: $input) {\n      tokenId\n      userId\n      all\n      issuedBefore\n      cancelledRuns\n    }\n  }\n": types.RevokeTokensDocument,
    "\n  mutation ContinueRun($runId: ID!, $decisions: [ApprovalDecision!]!) {\n    continueRun(runId: $runId, decisions: $decisions) {\n      ...RunParts\n    }\n  }\n": types.ContinueRunDocument,
    "\n  query Approvals($agentId: ID, $first: Int = 20, $after: String) {\n    approvals(agentId: $agentId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          runId\n          agentId\n          userId\n          toolCallId\n          name\n          arguments\n          kind\n          requestedBy\n          requestedAt\n          expiresAt\n          requiresOtherApprover\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.ApprovalsDocument,
    "\n  query Pending($id: ID!) {\n    run(id: $id) {\n      status\n      pendingApprovals {\n        ...ToolCallParts\n      }\n    }\n  }\n": types.PendingDocument,
    "\n  mutation DeletePausedSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n": types.DeletePausedSessionDocument,
    "\n  query Audit(\n    $first: Int = 100\n    $after: String\n    $userId: ID\n    $outcome: AuditOutcome\n    $field: String\n    $since: DateTime\n    $until: DateTime\n  ) {\n    audit(\n      first: $first\n      after: $after\n      userId: $userId\n      outcome: $outcome\n      field: $field\n      since: $since\n      until: $until\n    ) {\n      edges {\n        cursor\n        node {\n          id\n          at\n          firstAt\n          count\n          outcome\n          code\n          reason\n          userId\n          field\n          path\n          operationName\n          transport\n          ids {\n            name\n            value\n          }\n          requiredScopes\n          grantedScopes\n          correlationId\n          nodeId\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.AuditDocument,
    "\n  query Agents {\n    agents {\n      id\n      canRun\n    }\n  }\n": types.AgentsDocument,
    "\n  query Config {\n    config {\n      id\n      name\n      version\n      database\n      models\n      scopes\n      agents {\n        id\n      }\n    }\n  }\n": types.ConfigDocument,
    "\n        query Viewer {\n          viewer {\n            id\n            scopes\n            unknownScopes\n            isAdmin\n            expiresAt\n            run: can(scope: \"agents:web-search-agent:run\")\n            runOther: can(scope: \"agents:analyst-agent:run\")\n            malformed: can(scope: \"agents\")\n          }\n        }\n      ": types.ViewerDocument,
    "\n  mutation EraseUser($userId: ID!) {\n    eraseUser(userId: $userId) {\n      userId\n      deletedSessions\n      anonymizedRuns\n      isComplete\n    }\n  }\n": types.EraseUserDocument,
    "\n      query Runs($agentId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String) {\n        runs(agentId: $agentId, userId: $userId, status: $status, first: $first, after: $after) {\n          edges {\n            node {\n              id\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    ": types.RunsDocument,
    "\n  mutation RenameSession($id: ID!, $name: String!) {\n    renameSession(id: $id, name: $name) {\n      id\n      name\n    }\n  }\n": types.RenameSessionDocument,
    "\n  mutation DeleteSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n": types.DeleteSessionDocument,
    "\n  query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {\n    sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          name\n          userId\n          agent {\n            id\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n    }\n  }\n": types.SessionsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunAgent($input: RunAgentInput!) {\n    runAgent(input: $input) {\n      ...RunParts\n    }\n  }\n"): typeof import('./graphql.js').RunAgentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Run($id: ID!) {\n    run(id: $id) {\n      ...RunParts\n    }\n  }\n"): typeof import('./graphql.js').RunDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelRun($runId: ID!) {\n    cancelRun(runId: $runId) {\n      ...RunParts\n    }\n  }\n"): typeof import('./graphql.js').CancelRunDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RunParts on Run {\n    id\n    agentId\n    sessionId\n    userId\n    status\n    input\n    output\n    error {\n      code\n      message\n    }\n    toolCalls {\n      id\n      name\n      arguments\n      result\n      error\n      status\n      startedAt\n      finishedAt\n    }\n    metrics {\n      inputTokens\n      outputTokens\n      totalTokens\n      modelCalls\n      toolCalls\n      timeToFirstTokenMs\n      durationMs\n    }\n    attempt\n    lastSeq\n    replayed\n    createdAt\n    startedAt\n    finishedAt\n  }\n"): typeof import('./graphql.js').RunPartsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription RunEvents($runId: ID!, $after: Int! = 0) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      runId\n      seq\n      at\n      ... on RunStarted {\n        attempt\n        model\n      }\n      ... on TextDelta {\n        messageId\n        delta\n      }\n      ... on ReasoningDelta {\n        messageId\n        delta\n      }\n      ... on ToolCallStarted {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ToolCallFinished {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalRequested {\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on ApprovalResolved {\n        approved\n        toolCall {\n          ...ToolCallParts\n        }\n      }\n      ... on MessageSuperseded {\n        messageId\n      }\n      ... on RunFinished {\n        run {\n          ...RunParts\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').RunEventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ToolCallParts on ToolCall {\n    id\n    name\n    arguments\n    result\n    error\n    status\n  }\n"): typeof import('./graphql.js').ToolCallPartsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      id\n      name\n      agentId\n      userId\n      createdAt\n      updatedAt\n    }\n  }\n"): typeof import('./graphql.js').CreateSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Messages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    session(id: $id) {\n      messages(first: $first, after: $after, last: $last, before: $before) {\n        edges {\n          cursor\n          node {\n            id\n            role\n            content\n            runId\n          }\n        }\n        pageInfo {\n          hasNextPage\n          hasPreviousPage\n          startCursor\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').MessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeTokens($input: RevokeTokensInput!) {\n    revokeTokens(input: $input) {\n      tokenId\n      userId\n      all\n      issuedBefore\n      cancelledRuns\n    }\n  }\n"): typeof import('./graphql.js').RevokeTokensDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ContinueRun($runId: ID!, $decisions: [ApprovalDecision!]!) {\n    continueRun(runId: $runId, decisions: $decisions) {\n      ...RunParts\n    }\n  }\n"): typeof import('./graphql.js').ContinueRunDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Approvals($agentId: ID, $first: Int = 20, $after: String) {\n    approvals(agentId: $agentId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          runId\n          agentId\n          userId\n          toolCallId\n          name\n          arguments\n          kind\n          requestedBy\n          requestedAt\n          expiresAt\n          requiresOtherApprover\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').ApprovalsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Pending($id: ID!) {\n    run(id: $id) {\n      status\n      pendingApprovals {\n        ...ToolCallParts\n      }\n    }\n  }\n"): typeof import('./graphql.js').PendingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeletePausedSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n"): typeof import('./graphql.js').DeletePausedSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Audit(\n    $first: Int = 100\n    $after: String\n    $userId: ID\n    $outcome: AuditOutcome\n    $field: String\n    $since: DateTime\n    $until: DateTime\n  ) {\n    audit(\n      first: $first\n      after: $after\n      userId: $userId\n      outcome: $outcome\n      field: $field\n      since: $since\n      until: $until\n    ) {\n      edges {\n        cursor\n        node {\n          id\n          at\n          firstAt\n          count\n          outcome\n          code\n          reason\n          userId\n          field\n          path\n          operationName\n          transport\n          ids {\n            name\n            value\n          }\n          requiredScopes\n          grantedScopes\n          correlationId\n          nodeId\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').AuditDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Agents {\n    agents {\n      id\n      canRun\n    }\n  }\n"): typeof import('./graphql.js').AgentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Config {\n    config {\n      id\n      name\n      version\n      database\n      models\n      scopes\n      agents {\n        id\n      }\n    }\n  }\n"): typeof import('./graphql.js').ConfigDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n        query Viewer {\n          viewer {\n            id\n            scopes\n            unknownScopes\n            isAdmin\n            expiresAt\n            run: can(scope: \"agents:web-search-agent:run\")\n            runOther: can(scope: \"agents:analyst-agent:run\")\n            malformed: can(scope: \"agents\")\n          }\n        }\n      "): typeof import('./graphql.js').ViewerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EraseUser($userId: ID!) {\n    eraseUser(userId: $userId) {\n      userId\n      deletedSessions\n      anonymizedRuns\n      isComplete\n    }\n  }\n"): typeof import('./graphql.js').EraseUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n      query Runs($agentId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String) {\n        runs(agentId: $agentId, userId: $userId, status: $status, first: $first, after: $after) {\n          edges {\n            node {\n              id\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    "): typeof import('./graphql.js').RunsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RenameSession($id: ID!, $name: String!) {\n    renameSession(id: $id, name: $name) {\n      id\n      name\n    }\n  }\n"): typeof import('./graphql.js').RenameSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteSession($id: ID!) {\n    deleteSession(id: $id)\n  }\n"): typeof import('./graphql.js').DeleteSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {\n    sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {\n      edges {\n        cursor\n        node {\n          id\n          name\n          userId\n          agent {\n            id\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').SessionsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
