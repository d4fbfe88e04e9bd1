// Where recordings go when they do not stay in DATA_DIR: read from the environment, with every fault of it.
import type { EnvironmentReader } from '../../base/environment.ts';

export interface S3Settings {
  readonly bucket: string;
  /** Before the name of every object, with the slash that ends it; or empty. */
  readonly prefix: string;
  readonly region: string;
  /** Of another server than Amazon's. */
  readonly endpoint: string | undefined;
  /** Undefined: where Amazon's client looks for them (its profiles, the role of the machine). */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Undefined: they stay in DATA_DIR. */
export function readS3Settings(read: EnvironmentReader): S3Settings | undefined {
  const bucket = read.matching(
    'RECORDINGS_S3_BUCKET',
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'the name of a bucket',
  );
  const endpoint = read.url('RECORDINGS_S3_ENDPOINT', ['https:', 'http:']);
  const region = read.matching('RECORDINGS_S3_REGION', /^[a-z0-9-]+$/, 'a region such as eu-central-1');
  const prefix = read.matching(
    'RECORDINGS_S3_PREFIX',
    /^[\w!.*'()/-]+$/,
    'the beginning of names such as calls/',
  );
  const accessKeyId = read.text('RECORDINGS_S3_ACCESS_KEY_ID');
  const secretAccessKey = read.text('RECORDINGS_S3_SECRET_ACCESS_KEY');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    read.fault(
      'RECORDINGS_S3_ACCESS_KEY_ID',
      'and RECORDINGS_S3_SECRET_ACCESS_KEY go together: set both or neither',
    );
  const others = { endpoint, region, prefix, accessKeyId };
  if (bucket === undefined) {
    if (Object.values(others).some((each) => each !== undefined) && !read.names('RECORDINGS_S3_BUCKET'))
      read.fault('RECORDINGS_S3_BUCKET', 'must be set beside the other settings of RECORDINGS_S3_…');
    return undefined;
  }
  return {
    bucket,
    prefix: prefix === undefined || prefix.endsWith('/') ? (prefix ?? '') : `${prefix}/`,
    region: region ?? 'us-east-1',
    endpoint,
    keys:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : undefined,
  };
}
