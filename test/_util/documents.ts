import { graphql } from './generated/gql.ts';

/** The operations that more than one suite uses. */
export const runAgentDocument = graphql(`
  mutation RunAgent($input: RunAgentInput!) {
    runAgent(input: $input) {
      ...RunParts
    }
  }
`);

export const runDocument = graphql(`
  query Run($id: ID!) {
    run(id: $id) {
      ...RunParts
    }
  }
`);

export const cancelRunDocument = graphql(`
  mutation CancelRun($runId: ID!) {
    cancelRun(runId: $runId) {
      ...RunParts
    }
  }
`);

export const runPartsFragment = graphql(`
  fragment RunParts on Run {
    id
    agentId
    sessionId
    userId
    status
    input
    output
    error {
      code
      message
    }
    toolCalls {
      id
      name
      arguments
      result
      error
      status
      startedAt
      finishedAt
    }
    metrics {
      inputTokens
      outputTokens
      totalTokens
      modelCalls
      toolCalls
      timeToFirstTokenMs
      durationMs
    }
    attempt
    lastSeq
    replayed
    createdAt
    startedAt
    finishedAt
  }
`);

export const runEventsDocument = graphql(`
  subscription RunEvents($runId: ID!, $after: Int! = 0) {
    runEvents(runId: $runId, after: $after) {
      __typename
      runId
      seq
      at
      ... on RunStarted {
        attempt
        model
      }
      ... on TextDelta {
        messageId
        delta
      }
      ... on ReasoningDelta {
        messageId
        delta
      }
      ... on ToolCallStarted {
        toolCall {
          ...ToolCallParts
        }
      }
      ... on ToolCallFinished {
        toolCall {
          ...ToolCallParts
        }
      }
      ... on ApprovalRequested {
        toolCall {
          ...ToolCallParts
        }
      }
      ... on ApprovalResolved {
        approved
        toolCall {
          ...ToolCallParts
        }
      }
      ... on MessageSuperseded {
        messageId
      }
      ... on RunFinished {
        run {
          ...RunParts
        }
      }
    }
  }
`);

export const toolCallPartsFragment = graphql(`
  fragment ToolCallParts on ToolCall {
    id
    name
    arguments
    result
    error
    status
  }
`);

export const createSessionDocument = graphql(`
  mutation CreateSession($input: CreateSessionInput!) {
    createSession(input: $input) {
      id
      name
      agentId
      userId
      createdAt
      updatedAt
    }
  }
`);

export const messagesDocument = graphql(`
  query Messages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    session(id: $id) {
      messages(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            id
            role
            content
            runId
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`);
