import { KeyCode, type MonacoEditor, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/** Lines wrap, and Escape leaves an editor, in which Tab is a character. Shows nothing. */
export function EditorSetup(): null {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  useEffect(() => setUp(queryEditor), [queryEditor]);
  useEffect(() => setUp(variableEditor), [variableEditor]);
  return null;
}

/** Gives what takes it back. */
function setUp(editor: MonacoEditor | undefined): (() => void) | undefined {
  editor?.updateOptions({ wordWrap: 'on', wrappingIndent: 'indent' });
  // Not a command: those of all editors on a page share their keys.
  const leaving = editor?.addAction({
    id: 'leave-editor',
    label: 'Leave the Editor',
    keybindings: [KeyCode.Escape],
    keybindingContext: '!suggestWidgetVisible && !findWidgetVisible && !renameInputVisible',
    run: () => editor.getContainerDomNode().focus(),
  });
  return () => leaving?.dispose();
}
