// An application on a server with what most tests of messages need: files, imports, a template, campaigns.

import assert from 'node:assert/strict';
import { eventually } from './rapport_server.js';
import { drivers } from './clients.js';

export const role = 'arn:aws:iam::000000000000:role/import';
const bucket = 'project';

export class PinpointProject {
  static async create(server, name = 'project') {
    const project = new PinpointProject();
    project.aws = await drivers.sdk(server);
    const made = await project.call('CreateApp', { CreateApplicationRequest: { Name: name } });
    project.app = made.ApplicationResponse.Id;
    await project.aws.makeBucket(bucket);
    return project;
  }

  call(operation, input) {
    const ids = this.app === undefined ? {} : { ApplicationId: this.app };
    return this.aws.call('pinpoint', operation, { ...ids, ...input });
  }

  put(key, text) {
    return this.aws.put(bucket, key, text);
  }

  /** Starts the import of a file's text as a new segment. The job. */
  async startImport(key, text, request = {}) {
    await this.put(key, text);
    const { ImportJobResponse: job } = await this.call('CreateImportJob', {
      ImportJobRequest: {
        Format: /\.csv(\.gz)?$/.test(key) ? 'CSV' : 'JSON',
        S3Url: `s3://${bucket}/${key}`,
        RoleArn: role,
        DefineSegment: true,
        RegisterEndpoints: true,
        SegmentName: key,
        ...request,
      },
    });
    return job;
  }

  async job(id) {
    return (await this.call('GetImportJob', { JobId: id })).ImportJobResponse;
  }

  /** Waits until the import is over. The job. */
  ended(id) {
    return eventually(
      `import ${id} ends`,
      async () => {
        const job = await this.job(id);
        return ['COMPLETED', 'FAILED'].includes(job.JobStatus) && job;
      },
      { timeoutMs: 180_000 },
    );
  }

  /** Imports and waits. The segment's id. */
  async segmentOf(key, text) {
    const job = await this.ended((await this.startImport(key, text)).Id);
    assert.equal(job.JobStatus, 'COMPLETED', JSON.stringify(job));
    assert.equal(job.TotalFailures, 0, JSON.stringify(job.Failures));
    return job.Definition.SegmentId;
  }

  async enableEmail() {
    await this.call('UpdateEmailChannel', {
      EmailChannelRequest: {
        Enabled: true,
        FromAddress: 'news@example.org',
        Identity: 'arn:aws:ses:us-east-1:000000000000:identity/example.org',
      },
    });
  }

  /** Starts a campaign now; `request` says what else it has. Its id. */
  async startCampaign(segment, email, request = {}) {
    const { CampaignResponse: campaign } = await this.call('CreateCampaign', {
      WriteCampaignRequest: {
        Name: 'campaign',
        SegmentId: segment,
        Schedule: { StartTime: 'IMMEDIATE' },
        MessageConfiguration: { EmailMessage: email },
        ...request,
      },
    });
    return campaign.Id;
  }

  /** The only run of a campaign, with its metrics as numbers. */
  async activity(campaign) {
    const { ActivitiesResponse: answer } = await this.call('GetCampaignActivities', { CampaignId: campaign });
    assert.equal(answer.Item.length, 1);
    const metrics = answer.Item[0].ExecutionMetrics ?? {};
    const counts = Object.fromEntries(Object.entries(metrics).map(([name, count]) => [name, Number(count)]));
    return { ...answer.Item[0], counts };
  }
}
