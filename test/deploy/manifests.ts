import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { readDocument, root } from '../docs/documents.ts';

export const folder = 'deploy/kubernetes';

export interface Manifest {
  /** Path from the folder of the manifests. */
  file: string;
  object: { apiVersion: string; kind: string; metadata?: { name: string; labels?: Labels } };
}

export type Labels = Record<string, string>;

export interface Container {
  name: string;
  args: string[];
  env: { name: string; value: string }[];
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  securityContext: object;
  volumeMounts: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

interface Probe {
  httpGet: { path: string; port: string };
  timeoutSeconds?: number;
}

export interface Deployment {
  metadata: { name: string; labels: Labels };
  spec: {
    selector: { matchLabels: Labels };
    template: {
      metadata: { labels: Labels };
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: object;
        topologySpreadConstraints: { labelSelector: { matchLabels: Labels } }[];
        initContainers: Container[];
        containers: Container[];
        volumes: { name: string; configMap?: { name: string } }[];
      };
    };
  };
}

/** Objects in YAML; throws for errors and warnings, such as a key that is there twice. */
export const parseObjects = (text: string): Manifest['object'][] =>
  parseAllDocuments(text).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    return document.toJS() as Manifest['object'];
  });

/** Every object of the folder; `targets.yaml` is a file of the gateway. */
export const manifests: readonly Manifest[] = globSync('**/*.yaml', { cwd: join(root, folder) })
  .filter((file) => !file.endsWith('targets.yaml'))
  .flatMap((file) => parseObjects(readDocument(`${folder}/${file}`)).map((object) => ({ file, object })));

export const objectsOf = <T>(kind: string): T[] =>
  manifests.filter(({ object }) => object.kind === kind).map(({ object }) => object as T);

export const settings = parseEnv(readDocument(`${folder}/base/settings.env`)) as Record<string, string>;
