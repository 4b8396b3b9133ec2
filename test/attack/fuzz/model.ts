/** A schema as plain data: what the tested engine is given as SDL, and what the oracle reads. */
export interface SchemaModel {
  readonly enums: readonly EnumModel[];
  readonly scalars: readonly ScalarModel[];
  readonly inputs: readonly InputModel[];
  readonly interfaces: readonly InterfaceModel[];
  readonly objects: readonly ObjectModel[];
  readonly unions: readonly UnionModel[];
  readonly query: readonly FieldModel[];
  readonly mutation: readonly FieldModel[];
}

/** Any-of lists, all of which are to be met: scopes as the directives write them. */
export type Lists = readonly (readonly string[])[];

export interface Rule {
  readonly isPublic: boolean;
  readonly isAuthenticated: boolean;
  readonly lists: Lists;
}

export interface EnumModel {
  readonly name: string;
  readonly lists: Lists;
  readonly values: readonly { readonly name: string; readonly lists: Lists }[];
}

export interface ScalarModel {
  readonly name: string;
  readonly lists: Lists;
}

/** Of inputs and of fields. Always nullable, elements of lists too. */
export interface TypeRef {
  readonly named: string;
  /** How many lists are around it. */
  readonly lists: number;
}

/** An argument or an input field. */
export interface InputPlaceModel {
  readonly name: string;
  readonly type: TypeRef;
  readonly fallback: Value | null;
  readonly rule: Lists;
}

export interface InputModel {
  readonly name: string;
  readonly fields: readonly InputPlaceModel[];
}

export interface FieldModel {
  readonly name: string;
  readonly type: TypeRef;
  readonly args: readonly InputPlaceModel[];
  readonly rule: Rule;
}

export interface InterfaceModel {
  readonly name: string;
  readonly lists: Lists;
  readonly fields: readonly FieldModel[];
}

export interface ObjectModel extends InterfaceModel {
  readonly interfaces: readonly string[];
}

export interface UnionModel {
  readonly name: string;
  readonly members: readonly string[];
}

/** A value as a document or a schema writes it. */
export type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'plain'; readonly value: string | number | boolean }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Value>> }
  | { readonly kind: 'variable'; readonly name: string };

/** `@skip` or `@include`. */
export interface ConditionModel {
  readonly directive: 'skip' | 'include';
  readonly value: Value;
}

export type SelectionModel =
  | {
      readonly kind: 'field';
      readonly key: string;
      readonly name: string;
      readonly args: Readonly<Record<string, Value>>;
      readonly selections: readonly SelectionModel[];
      readonly conditions: readonly ConditionModel[];
    }
  | {
      readonly kind: 'inline';
      readonly on: string | null;
      readonly selections: readonly SelectionModel[];
      readonly conditions: readonly ConditionModel[];
    }
  | { readonly kind: 'spread'; readonly fragment: string; readonly conditions: readonly ConditionModel[] };

export interface VariableModel {
  readonly type: TypeRef;
  readonly fallback: Value | null;
  /** `null`: none is sent. */
  readonly sent: Value | null;
}

export interface FragmentModel {
  readonly on: string;
  readonly selections: readonly SelectionModel[];
}

export interface OperationModel {
  readonly kind: 'query' | 'mutation';
  readonly selections: readonly SelectionModel[];
  readonly fragments: Readonly<Record<string, FragmentModel>>;
  readonly variables: Readonly<Record<string, VariableModel>>;
}

/** Scopes of a token; `null`: no token. */
export type Token = readonly string[] | null;

export const RESOURCES = ['r0', 'r1', 'r2'];
export const ACTIONS = ['read', 'write'];
export const ADMIN = 'agent_os:admin';
/** The caller, who holds `r2:a:read` without a grant. */
export const CALLER = 'a';
export const OWN_HELD = 'r2:read';
/** What fills holes, good ones and others. */
export const IDS = ['a', 'b', 'c', 'x:y', '', 7] as const;

export const BUILT_IN = ['ID', 'String', 'Boolean'];
