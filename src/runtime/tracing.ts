import type * as AWSXRay from 'aws-xray-sdk-core';
import { type Config, traceHeader } from './config.ts';

type XRay = typeof AWSXRay;
type Annotations = Readonly<Record<string, string | number | boolean>>;

/** Tracing shows an invocation's steps on X-Ray's timeline; when it is off, it only calls what it is given. */
export interface Tracing {
  /** invocation runs a whole handler call as a child of the trace that Lambda began. */
  invocation<T>(run: () => Promise<T>): Promise<T>;
  /** segment runs one step as a subsegment. X-Ray finds traces by annotations: `annotation.rule = "…"`. */
  segment<T>(name: string, annotations: Annotations, run: () => T | Promise<T>): Promise<T>;
  /** client makes an AWS SDK client show its calls as subsegments of the step that makes them. */
  client<C extends object>(client: C): C;
}

/** createTracing loads the X-Ray SDK only when tracing is on: it costs a cold start some 10 ms. */
export async function createTracing(config: Config<'tracing'>): Promise<Tracing> {
  if (config.tracing === 'PassThrough') return untraced;
  const loaded = (await import('aws-xray-sdk-core')) as XRay & { default?: XRay };
  return traced(loaded.default ?? loaded);
}

const untraced: Tracing = {
  invocation: (run) => run(),
  segment: async (_name, _annotations, run) => run(),
  client: (client) => client,
};

function traced(xray: XRay): Tracing {
  xray.setContextMissingStrategy(() => {});
  xray.setStreamingThreshold(0);
  return {
    invocation: (run) => {
      const root = rootSegment(xray, traceHeader());
      if (root === undefined) return run();
      return xray.getNamespace().runPromise(() => {
        xray.setSegment(root);
        return run();
      });
    },
    segment: (name, annotations, run) => {
      if (xray.getSegment() === undefined) return untraced.segment(name, annotations, run);
      return xray.captureAsyncFunc(name, async (segment) => {
        for (const [key, value] of Object.entries(annotations)) segment?.addAnnotation(key, value);
        try {
          const result = await run();
          segment?.close();
          return result;
        } catch (error) {
          segment?.close(error instanceof Error ? error : String(error));
          throw error;
        }
      });
    },
    client: (client) => xray.captureAWSv3Client(client as never),
  };
}

/**
 * rootSegment stands for the segment that Lambda itself sends: steps name it as their parent and are sent as each one
 * ends, while it is never sent again. The SDK makes one too, but binds it to whatever was running when the SDK was
 * loaded, which an ES module's `await import` loses.
 */
function rootSegment(xray: XRay, header: string | undefined): AWSXRay.Segment | undefined {
  const { root, parent, sampled } = xray.utils.processTraceData(header ?? '') as Record<string, string | undefined>;
  if (root === undefined || parent === undefined) return undefined;
  const segment = new xray.Segment('invocation', root);
  segment.id = parent;
  const inner = segment as AWSXRay.Segment & { counter: number; incrementCounter(): void; decrementCounter(): void };
  inner.notTraced = sampled !== '1';
  inner.counter = 1;
  inner.incrementCounter = () => {};
  inner.decrementCounter = () => {};
  return segment;
}
