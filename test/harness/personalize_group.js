// A dataset group with films on a server: what most tests of learning need.

import assert from 'node:assert/strict';
import { drivers } from './clients.js';
import { schemas } from './film_world.js';
import { role } from './pinpoint_project.js';
import { eventually } from './rapport_server.js';

const recipe = 'arn:aws:personalize:::recipe/aws-item-attribute-affinity';

export class PersonalizeGroup {
  static async create(server, name) {
    const group = new PersonalizeGroup();
    group.name = name;
    group.bucket = `films-${name}`;
    group.aws = await drivers.sdk(server);
    await group.aws.makeBucket(group.bucket);
    group.arn = (await group.call('CreateDatasetGroup', { name })).datasetGroupArn;
    await group.active('DescribeDatasetGroup', { datasetGroupArn: group.arn });
    return group;
  }

  call(operation, input) {
    return this.aws.call('personalize', operation, input);
  }

  /** What a Describe operation says of one thing. */
  async describe(operation, input) {
    const answer = await this.call(operation, input);
    return Object.values(answer).find((value) => value?.status !== undefined);
  }

  /** Waits until the thing is ACTIVE. */
  active(operation, input) {
    return eventually(
      `${operation} says ACTIVE`,
      async () => {
        const thing = await this.describe(operation, input);
        assert.notEqual(thing.status, 'CREATE FAILED', thing.failureReason);
        return thing.status === 'ACTIVE' && thing;
      },
      { timeoutMs: 180_000 },
    );
  }

  /** Makes the dataset and starts the import of `csv`: the input of DescribeDatasetImportJob. */
  async startImport(type, csv, avro = schemas[type.toLowerCase()]) {
    const key = `${type.toLowerCase()}.csv`;
    await this.aws.put(this.bucket, key, csv);
    const schema = JSON.stringify(avro);
    const { schemaArn } = await this.call('CreateSchema', { name: `${this.name}-${type}`, schema });
    const of = { name: `${this.name}-${type}`, datasetGroupArn: this.arn, datasetType: type, schemaArn };
    const { datasetArn } = await this.call('CreateDataset', of);
    await this.active('DescribeDataset', { datasetArn });
    const { datasetImportJobArn } = await this.call('CreateDatasetImportJob', {
      jobName: `${this.name}-${type}`,
      datasetArn,
      dataSource: { dataLocation: `s3://${this.bucket}/${key}` },
      roleArn: role,
    });
    return { datasetImportJobArn };
  }

  async import(type, csv, avro) {
    return this.active('DescribeDatasetImportJob', await this.startImport(type, csv, avro));
  }

  /** Makes the solution and starts the training: the input of DescribeSolutionVersion. */
  async startTraining() {
    const { solutionArn } = await this.call('CreateSolution', {
      name: this.name,
      datasetGroupArn: this.arn,
      recipeArn: recipe,
    });
    await this.active('DescribeSolution', { solutionArn });
    this.solutionArn = solutionArn;
    const { solutionVersionArn } = await this.call('CreateSolutionVersion', { solutionArn });
    return { solutionVersionArn };
  }

  /** Starts a batch segment job over these attribute queries: the input of DescribeBatchSegmentJob. */
  async startSegments(solutionVersionArn, queries, numResults) {
    const lines = queries.map((itemAttributes) => `${JSON.stringify({ itemAttributes })}\n`);
    await this.aws.put(this.bucket, 'queries.json', lines.join(''));
    const { batchSegmentJobArn } = await this.call('CreateBatchSegmentJob', {
      jobName: this.name,
      solutionVersionArn,
      numResults,
      jobInput: { s3DataSource: { path: `s3://${this.bucket}/queries.json` } },
      jobOutput: { s3DataDestination: { path: `s3://${this.bucket}/segments/` } },
      roleArn: role,
    });
    return { batchSegmentJobArn };
  }

  /** The lines that a batch segment job wrote. */
  async segments() {
    const text = await this.aws.get(this.bucket, 'segments/queries.json.out');
    return text.trim().split('\n').map((line) => JSON.parse(line));
  }

  /** The rows of the Interactions dataset that were put, as an export shows them: by column. */
  async exported(jobName, type = 'INTERACTIONS') {
    const { datasetExportJobArn } = await this.call('CreateDatasetExportJob', {
      jobName,
      datasetArn: `arn:aws:personalize:us-east-1:000000000000:dataset/${this.name}/${type}`,
      ingestionMode: 'PUT',
      roleArn: role,
      jobOutput: { s3DataDestination: { path: `s3://${this.bucket}/exports/` } },
    });
    await this.active('DescribeDatasetExportJob', { datasetExportJobArn });
    const text = await this.aws.get(this.bucket, `exports/${jobName}.csv`);
    const [header, ...lines] = text.trim().split('\n').map((line) => line.split(','));
    return lines.map((cells) => Object.fromEntries(header.map((column, i) => [column, cells[i]])));
  }
}
