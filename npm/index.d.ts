import { expanded, type Repetition } from "./expanded.js";

export { expanded, type Repetition };

export type Edition = "v1" | "v2";
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}
export interface JsonSchema {
  readonly $schema: string;
  readonly $id: string;
  readonly title: string;
  readonly [keyword: string]: unknown;
}

/** The one requirement that a vector breaks. */
export interface Broken {
  readonly requirement: string;
  readonly level: "MUST" | "SHOULD";
  /** Where, as a JSON pointer. */
  readonly pointer: string;
  /** How, by a short stable word. */
  readonly code: string;
  /** Whether the schema of its kind refuses the value; only of single values. */
  readonly breaks_schema?: boolean;
  /** The fault is in the text alone, such as 1.0 for 1, and JSON.parse does not show it. */
  readonly only_in_text?: true;
  /** What must be known beside a history, walk or exchanges, for they may be right without. */
  readonly assumes?: readonly ("alone" | "whole" | "patience")[];
}
/** Why a request is to be refused, and the status that the hosted service answered. */
export interface Refused {
  readonly requirement: string;
  readonly level: "MUST" | "SHOULD";
  readonly pointer: string;
  readonly code: string;
  readonly status: number;
}
export interface Vector {
  /** Names the vector for ever. */
  readonly id: string;
  /** What it is, in a sentence. */
  readonly what: string;
}
export interface EdgeCase extends Vector {
  readonly value: JsonObject;
}
export interface NearMiss extends Vector {
  readonly broken: Broken;
  readonly value: Json;
}
export interface History extends Vector {
  readonly broken?: Broken;
  readonly value: JsonObject[];
}
export interface StreamEvent {
  /** Null if its frame has no name. */
  readonly event: string | null;
  readonly data: Json;
}
export interface Stream extends Vector {
  readonly broken?: Broken;
  readonly operation: string;
  readonly content_type?: string;
  readonly text: string;
  readonly events: StreamEvent[];
}
export interface RequestBody extends Vector {
  readonly refused?: Refused;
  readonly body: Json;
}
export interface VectorFile {
  readonly file: string;
  readonly edition: Edition;
  readonly set: "edge-cases" | "near-misses" | "histories" | "streams" | "requests";
  readonly count: number;
  readonly kind?: string;
  readonly is_legal?: boolean;
  readonly operation?: string;
  readonly method?: string;
  readonly path?: string;
}
export interface Index {
  readonly version: 1;
  readonly contracts: readonly { readonly edition: Edition; readonly date: string }[];
  readonly files: readonly VectorFile[];
}

/** Return the index of all files of vectors. */
export function index(): Index;
/** Return legal values of a kind, `run` if left out, at the boundaries of the contract. */
export function edgeCases(edition: Edition, kind?: string): EdgeCase[];
/** Return values of a kind, `run` if left out, that break one requirement each. */
export function nearMisses(edition: Edition, kind?: string): NearMiss[];
/** Return histories; those that break a requirement have `broken`. */
export function histories(edition: Edition): History[];
/** Return streams, each as text and as events; those that break a requirement have `broken`. */
export function streams(edition: Edition): Stream[];
/** Return bodies of requests of an operation; those that are to be refused have `refused`. */
export function requests(edition: Edition, operation?: string): RequestBody[];
/** Return the JSON Schema of a kind, `run` if left out. */
export function schema(edition: Edition, kind?: string): JsonSchema;
/** Return every JSON Schema of an edition, for a validator that is to resolve their references. */
export function schemas(edition: Edition): JsonSchema[];
