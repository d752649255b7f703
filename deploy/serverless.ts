// What is used of osls, the Serverless framework that deploys the stack: it has no types of its own for plugins.
// https://github.com/oss-serverless/osls/blob/main/docs/guides/plugins/creating-plugins.md
import type { CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import type { Template } from './stack/complete.ts';

export interface Serverless {
  readonly serviceDir: string;
  /** serverless.yml as it is written. */
  readonly configurationInput?: { readonly params?: Readonly<Record<string, object | null>> };
  readonly service: {
    readonly provider: { compiledCloudFormationTemplate: Template };
    getAllFunctions(): readonly string[];
    getFunction(key: string): FunctionObject;
  };
  /** The command, as `['deploy']` or `['deploy', 'function']`. */
  readonly processedInput: { readonly commands: readonly string[] };
  readonly pluginManager: { readonly plugins: readonly object[] };
  /** An error of the user's: osls shows its message alone. */
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: 'aws'): Provider;
}

interface FunctionObject {
  readonly handler: string;
  package?: { readonly artifact: string };
}

export interface Provider {
  readonly naming: {
    getStackName(): string;
    getCompiledTemplateFileName(): string;
  };
  getStage(): string;
  getRegion(): string;
  /** Asks STS; throws without credentials, and for credentials that AWS refuses. */
  getAccountId(): Promise<string>;
  getAwsSdkV3Config(): Promise<CloudFormationClientConfig>;
}

export interface Log {
  notice(text: string): void;
  warning(text: string): void;
}

type ResolveVariable = (variable: string) => Promise<unknown>;

/** VariableSource resolves `${name:address}` in serverless.yml. */
export interface VariableSource {
  readonly resolve: (asked: {
    readonly address: string;
    readonly resolveVariable: ResolveVariable;
  }) => Promise<{ readonly value: unknown }>;
}

/** Packager is osls's own plugin that writes zip files. */
export interface Packager {
  zipFiles(files: readonly string[], name: string, root: string): Promise<string>;
}

export function isPackager(plugin: object): plugin is Packager {
  return 'zipFiles' in plugin && typeof plugin.zipFiles === 'function';
}
