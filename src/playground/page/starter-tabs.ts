import type { Agent, Identity } from './identity.ts';

/** The content of one tab of the editor. */
export interface StarterTab {
  readonly query: string;
  readonly variables?: string;
}

/** What a caller meets first: operations that show what it may, and one that shows what it may not. */
export function createStarterTabs(identity: Identity): StarterTab[] {
  const { agents, abilities } = identity;
  const runnable =
    agents.find(({ id, canRun }) => canRun && id === 'analyst-agent') ?? agents.find(isRunnable);
  return [
    listAgents,
    ...(runnable === undefined ? [startRefused(agents[0])] : [startRun(runnable), watchRun]),
    ...(runnable === undefined ? [] : [createRefusal(identity)]),
    ...(abilities.readsSessions ? [listSessions] : []),
    ...(abilities.readsConfig ? [readServer] : []),
    whoAmI,
  ];
}

function isRunnable({ canRun }: Agent): boolean {
  return canRun;
}

const listAgents: StarterTab = {
  query: `# The agents this caller may see.
# Ctrl-Enter runs, Escape leaves.
query Agents {
  agents {
    id
    name
    description
    model
    canRun
    tools {
      name
      description
    }
  }
}
`,
};

function startRun({ id }: Agent): StarterTab {
  return {
    query: `# Starts a run and answers at once.
# The next tab watches it.
mutation StartRun($agentId: ID!, $message: String!) {
  runAgent(
    input: {
      agentId: $agentId
      message: $message
      background: true
    }
  ) {
    id
    status
    sessionId
  }
}
`,
    variables: toJson({ agentId: id, message: messageFor(id) }),
  };
}

function messageFor(agentId: string): string {
  return agentId === 'analyst-agent'
    ? 'What are the mean and the spread of 12, 15, 9, 22 and 17?'
    : 'Say in three sentences what you can do.';
}

const watchRun: StarterTab = {
  query: `# The events of a run, by websocket:
# the stored ones, then live ones.
# "runId" becomes your latest run's.
subscription WatchRun($runId: ID!) {
  runEvents(runId: $runId) {
    __typename
    seq
    at
    ... on TextDelta {
      delta
    }
    ... on ToolCallStarted {
      toolCall {
        name
        arguments
      }
    }
    ... on ToolCallFinished {
      toolCall {
        name
        status
        result
      }
    }
    ... on RunFinished {
      run {
        status
        output
        error {
          code
          message
        }
        metrics {
          totalTokens
          timeToFirstTokenMs
          durationMs
        }
      }
    }
  }
}
`,
  variables: toJson({ runId: '' }),
};

function createRefusal({ abilities }: Identity): StarterTab {
  if (!abilities.runsAdminAgent) return startRefused({ id: 'admin-agent' });
  return abilities.deletesSessions ? nothingThere : deleteRefused;
}

/** For those who may not run that agent, whether they see it or not. */
function startRefused({ id }: Pick<Agent, 'id'> = { id: 'admin-agent' }): StarterTab {
  return {
    query: `# Not for this caller: the error
# names the scopes that would do.
mutation Refused {
  runAgent(
    input: {
      agentId: ${JSON.stringify(id)}
      message: "Hello"
    }
  ) {
    id
    output
  }
}
`,
  };
}

const deleteRefused: StarterTab = {
  query: `# Not for this caller: the error
# names the scopes that would do.
mutation Refused {
  deleteSession(id: "any")
}
`,
};

const nothingThere: StarterTab = {
  query: `# Nothing is refused to this caller.
# What does not exist is NOT_FOUND.
mutation NothingThere {
  runAgent(
    input: {
      agentId: "no-such-agent"
      message: "Hello"
    }
  ) {
    id
  }
}
`,
};

const listSessions: StarterTab = {
  query: `# The sessions, newest first.
query Sessions {
  sessions(first: 5) {
    edges {
      node {
        id
        agentId
        userId
        updatedAt
        messages(last: 4) {
          edges {
            node {
              role
              content
            }
          }
        }
      }
    }
  }
}
`,
};

const readServer: StarterTab = {
  query: `query Server {
  config {
    id
    name
    version
    database
    models
    scopes
  }
}
`,
};

const whoAmI: StarterTab = {
  query: `# What the token says and opens.
query WhoAmI {
  viewer {
    id
    scopes
    isAdmin
    expiresAt
    runsAnyAgent: can(scope: "agents:run")
    readsSessions: can(scope: "sessions:read")
  }
}
`,
};

function toJson(value: object): string {
  return JSON.stringify(value, null, 2);
}
