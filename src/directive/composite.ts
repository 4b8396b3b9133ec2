import { type GraphQLInterfaceType, type GraphQLObjectType } from 'graphql';

/** A type with fields. */
export type Composite = GraphQLObjectType | GraphQLInterfaceType;
