import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../src/text/system-error.ts';
import { bundleFunctions } from './build/bundle.ts';
import { compileStage } from './build/compile.ts';
import { loadSources } from './build/sources.ts';
import { isUserError } from './build/user-error.ts';
import { functionDefinitions } from './functions/definitions.ts';
import { checkGiven, type Given } from './parameters/read.ts';
import { parameterNames, type ParameterName } from './parameters/table.ts';
import { parameterWarnings } from './parameters/warnings.ts';
import { stackResources } from './resources/index.ts';
import { isPackager, type Log, type Provider, type Serverless, type VariableSource } from './serverless.ts';
import { completeStack } from './stack/complete.ts';
import { removalOf, type Removal } from './stack/deployed.ts';
import { templateText } from './stack/template-text.ts';
import { createStage, type Stage } from './stage.ts';

/** Prepared is the stage of a command, and how many seconds it took to read the files of the project. */
interface Prepared {
  readonly stage: Stage;
  readonly seconds: number;
}

/**
 * StackPlugin gives serverless.yml what deploy/ makes: the variables `${stack:functions}` and `${stack:resources}`, the packages of the
 * functions, and what is made from the stack as a whole. It also says what stays after `serverless remove`.
 */
export default class StackPlugin {
  readonly configurationVariablesSources: { readonly stack: VariableSource };
  readonly hooks: Readonly<Record<string, () => Promise<void> | void>>;
  readonly #serverless: Serverless;
  readonly #provider: Provider;
  readonly #log: Log;
  #prepared: Promise<Prepared> | undefined;
  /** What is wrong with the user's files or parameters; it stops the command before its first step. */
  #refusal: Error | undefined;
  #remaining: readonly string[] = [];

  constructor(
    serverless: Serverless,
    options: { readonly param?: string | readonly string[] },
    { log }: { readonly log: Log },
  ) {
    this.#serverless = serverless;
    this.#provider = serverless.getProvider('aws');
    this.#log = log;
    this.#checkCommandLine([options.param ?? []].flat());
    this.configurationVariablesSources = {
      stack: {
        resolve: async ({ address, resolveVariable }) => ({ value: await this.#part(address, resolveVariable) }),
      },
    };
    this.hooks = {
      initialize: async () => {
        if (this.#refusal !== undefined) throw this.#refusal;
        if (this.#serverless.processedInput.commands[0] === 'deploy') await this.#checkCredentials();
      },
      'before:package:createDeploymentArtifacts': () => this.#package(),
      'before:package:function:package': () => this.#package(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.#complete(),
      'before:aws:common:moveArtifactsToPackage:move': () => this.#writeTemplate(),
      'before:remove:remove': () => this.#lookBeforeRemoving(),
      'after:remove:remove': () => this.#sayWhatRemains('These still exist:', deployAgain),
    };
  }

  #checkCommandLine(given: readonly string[]): void {
    const known = Object.values(this.#serverless.configurationInput?.params ?? {}).flatMap((params) =>
      Object.keys(params ?? {}),
    );
    try {
      checkGiven(given, known);
    } catch (error) {
      throw this.#shown(error);
    }
  }

  /** osls would find out only once everything is packaged. */
  async #checkCredentials(): Promise<void> {
    try {
      await this.#provider.getAccountId();
    } catch (error) {
      throw new this.#serverless.classes.Error(`AWS credentials: ${messageOf(error)}`, 'TRAILWATCH_REFUSED');
    }
  }

  /** osls shows the message of its own errors alone; of any other it shows the stack. */
  #shown(error: unknown): unknown {
    return isUserError(error) ? new this.#serverless.classes.Error(error.message, 'TRAILWATCH_REFUSED') : error;
  }

  async #part(address: string, resolve: (variable: string) => Promise<unknown>): Promise<unknown> {
    try {
      this.#prepared ??= this.#prepare(resolve);
      const { stage } = await this.#prepared;
      switch (address) {
        case 'functions':
          return functionDefinitions(stage);
        case 'resources':
          return stackResources(stage);
        default:
          throw new Error(`\${stack:${address}}: expected functions or resources`);
      }
    } catch (error) {
      this.#prepared = undefined;
      if (!isUserError(error)) throw error;
      // Thrown here, it would be shown twice, and wrapped.
      this.#refusal = this.#shown(error) as Error;
      return {};
    }
  }

  async #prepare(resolve: (variable: string) => Promise<unknown>): Promise<Prepared> {
    const [service, name, ...values] = await Promise.all(
      ['self:service', 'sls:stage', ...parameterNames.map((parameter) => `param:${parameter}`)].map(resolve),
    );
    const given = Object.fromEntries(parameterNames.map((parameter, index) => [parameter, values[index]]));
    const started = performance.now();
    const sources = await loadSources(this.#serverless.serviceDir, String(name));
    const stage = createStage(
      { service: String(service), name: String(name), region: this.#provider.getRegion() },
      given as Readonly<Record<ParameterName, Given>>,
      sources,
    );
    return { stage, seconds: (performance.now() - started) / 1_000 };
  }

  /** Compiles what the functions import, bundles each to one file, and zips that file and nothing else. */
  async #package(): Promise<void> {
    const { serviceDir, service, pluginManager } = this.#serverless;
    const { stage, seconds } = await this.#known();
    const started = performance.now();
    const compiled = await compileStage({ root: serviceDir, stage: stage.name, sources: stage, now: new Date() }).catch(
      (error: unknown) => {
        throw this.#shown(error);
      },
    );
    for (const warning of [...compiled.warnings, ...parameterWarnings(stage)]) this.#log.notice(warning);
    const took = seconds + (performance.now() - started) / 1_000;
    this.#log.notice(`Compiled ${compiled.what} and the configuration of ${stage.name} in ${took.toFixed(1)} s`);

    const packager = pluginManager.plugins.find(isPackager);
    if (packager === undefined) throw new Error('osls has no plugin that zips files');
    const out = join(serviceDir, '.build', 'lambda');
    await rm(out, { recursive: true, force: true });
    const entries = service.getAllFunctions().map((key) => ({ key, handler: service.getFunction(key).handler }));
    for (const { key, folder, file } of await bundleFunctions(serviceDir, entries, out)) {
      service.getFunction(key).package = { artifact: await packager.zipFiles([file], `${key}.zip`, folder) };
    }
  }

  async #complete(): Promise<void> {
    const { stage } = await this.#known();
    const { provider } = this.#serverless.service;
    // osls and its plugins hold on to the object itself.
    Object.assign(
      provider.compiledCloudFormationTemplate,
      completeStack(provider.compiledCloudFormationTemplate, stage),
    );
  }

  async #writeTemplate(): Promise<void> {
    const file = join(this.#serverless.serviceDir, '.serverless', this.#provider.naming.getCompiledTemplateFileName());
    await writeFile(file, templateText(this.#serverless.service.provider.compiledCloudFormationTemplate));
  }

  #known(): Promise<Prepared> {
    return this.#prepared ?? Promise.reject(new Error('serverless.yml uses no ${stack:…}'));
  }

  async #lookBeforeRemoving(): Promise<void> {
    const name = this.#provider.naming.getStackName();
    let removal: Removal = { stays: [], protectedTables: [] };
    try {
      removal = await removalOf(this.#provider);
    } catch (error) {
      // Removing says itself why it can't.
      this.#log.warning(`Can't list what stays of ${name}: ${messageOf(error)}`);
    }
    const [table] = removal.protectedTables;
    if (table !== undefined) {
      const message = `${name}: the table ${table} is protected from deletion; deploy with --param="protectState=false" first`;
      throw new this.#serverless.classes.Error(message, 'TRAILWATCH_REFUSED');
    }
    this.#remaining = removal.stays;
    this.#sayWhatRemains('These stay, since they hold or record evidence:');
  }

  #sayWhatRemains(title: string, ...after: readonly string[]): void {
    if (this.#remaining.length === 0) return;
    this.#log.notice([title, ...this.#remaining.map((line) => `  ${line}`), ...after].join('\n'));
  }
}

const deployAgain =
  'To deploy this stage again: set createTrail=false for a trail that stayed, and delete its archive bucket or import it into the new stack.';
