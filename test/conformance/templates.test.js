// The templates of all five types and the recommender configurations through the SDK: what they answer, how they refuse.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const types = [
  {
    name: 'Email', type: 'EMAIL', request: 'EmailTemplateRequest', response: 'EmailTemplateResponse',
    content: {
      Subject: 'Hi {{User.UserAttributes.Name}}', HtmlPart: '<a href="https://x.example/{{Id}}">x</a>', TextPart: 't',
      Headers: [{ Name: 'List-Unsubscribe', Value: '<https://x.example/u>' }], DefaultSubstitutions: '{"User.UserAttributes.Name":"you"}',
    },
    wrong: { HtmlPart: '<p>\n{{#if x}}' }, fault: 'HtmlPart',
  },
  {
    name: 'Sms', type: 'SMS', request: 'SMSTemplateRequest', response: 'SMSTemplateResponse',
    content: { Body: 'Hi {{Attributes.Name}}', DefaultSubstitutions: '{}', TemplateDescription: 'd' },
    wrong: { Body: 'x\n{{nosuch 1}}' }, fault: 'Body',
  },
  {
    name: 'Push', type: 'PUSH', request: 'PushNotificationTemplateRequest', response: 'PushNotificationTemplateResponse',
    content: {
      Default: { Title: '{{x}}', Body: 'b', Action: 'URL', Url: 'https://x.example' },
      APNS: { Body: 'a', Sound: 's' }, GCM: { RawContent: '{"a":{"b":"{{x}}"}}' },
    },
    wrong: { ADM: { Title: '\n{{' } }, fault: 'ADM.Title',
  },
  {
    name: 'Voice', type: 'VOICE', request: 'VoiceTemplateRequest', response: 'VoiceTemplateResponse',
    content: { Body: 'Hello {{x}}', LanguageCode: 'en-US', VoiceId: 'Joanna' },
    wrong: { Body: '\n{{#each}}' }, fault: 'Body',
  },
  {
    name: 'InApp', type: 'INAPP', request: 'InAppTemplateRequest', response: 'InAppTemplateResponse',
    content: {
      Layout: 'TOP_BANNER', CustomConfig: { k: 'v' },
      Content: [{
        BackgroundColor: '#ffffff', HeaderConfig: { Alignment: 'LEFT', Header: 'h', TextColor: '#000000' },
        PrimaryBtn: { DefaultConfig: { ButtonAction: 'CLOSE', Text: 'ok' } },
      }],
    },
    wrong: { Content: [{}, {}, {}, {}, {}, {}] }, fault: 'Content',
  },
];

for (const driver of ['sdk', 'cli']) {
  describe(`templates through the ${driver.toUpperCase()}`, () => {
    let server;
    let call;
    const refused = (operation, input) => refusal(call(operation, input));

    before(async () => {
      server = await RapportServer.start({});
      const aws = await drivers[driver](server);
      call = (operation, input = {}) => aws.call('pinpoint', operation, input);
    });
    after(async () => await server?.dispose());

    for (const { name, type, request, response, content: full, wrong, fault } of types) {
      // Debian's CLI is older than the headers of templates.
      const content = driver === 'cli' ? { ...full, Headers: undefined } : full;
      it(`keeps ${type} templates in versions`, async () => {
        const key = { TemplateName: 'welcome-1' };
        const made = await call(`Create${name}Template`, { ...key, [request]: { ...content, tags: { team: 'crm' } } });
        const body = made.CreateTemplateMessageBody ?? made.TemplateCreateMessageBody;
        assert.match(body.Arn, new RegExp(`:templates/welcome-1/${type}$`));
        assert.equal(body.Message, 'Created');
        const get = async (Version) => (await call(`Get${name}Template`, Version ? { ...key, Version } : key))[response];
        const stored = await get();
        for (const [member, value] of Object.entries(content)) assert.deepEqual(stored[member], value, member);
        assert.equal(stored.TemplateType, type);
        assert.equal(stored.Version, '1');
        assert.deepEqual(stored.tags, { team: 'crm' });
        assert.equal((await refused(`Create${name}Template`, { ...key, [request]: content })).name, 'BadRequestException');

        const updated = await call(`Update${name}Template`, {
          ...key, CreateNewVersion: true, [request]: { ...content, TemplateDescription: 'second' },
        });
        assert.equal(updated.MessageBody.Message, 'Accepted');
        assert.equal((await get()).Version, '1');
        assert.equal((await get('2')).TemplateDescription, 'second');
        const both = { ...key, CreateNewVersion: true, Version: '2', [request]: content };
        assert.equal((await refused(`Update${name}Template`, both)).name, 'BadRequestException');
        await call('UpdateTemplateActiveVersion', {
          ...key, TemplateType: type, TemplateActiveVersionRequest: { Version: 'latest' },
        });
        assert.equal((await get()).Version, '2');
        const versions = await call('ListTemplateVersions', { ...key, TemplateType: type });
        assert.deepEqual(versions.TemplateVersionsResponse.Item.map((item) => item.Version), ['2', '1']);
        const listed = await call('ListTemplates', { Prefix: 'welcome', TemplateType: type });
        assert.deepEqual(listed.TemplatesResponse.Item.map((item) => item.TemplateType), [type]);
      });

      it(`refuses wrong ${type} templates with the place`, async () => {
        const refusals = [
          await refused(`Create${name}Template`, { TemplateName: 'wrong', [request]: wrong }),
          await refused(`Update${name}Template`, { TemplateName: 'welcome-1', [request]: wrong }),
        ];
        for (const error of refusals) {
          assert.equal(error.name, 'BadRequestException');
          assert.ok(error.message.includes(fault), error.message);
          if (type !== 'INAPP') assert.match(error.message, /template line 2/);
        }
        const badName = await refused(`Create${name}Template`, { TemplateName: '-x', [request]: content });
        assert.equal(badName.name, 'BadRequestException');
      });

      it(`deletes ${type} templates`, async () => {
        const key = { TemplateName: 'welcome-1' };
        await call(`Delete${name}Template`, { ...key, Version: '2' });
        assert.equal((await call(`Get${name}Template`, key))[response].Version, '1');
        await call(`Delete${name}Template`, key);
        for (const verb of ['Get', 'Delete']) {
          assert.equal((await refused(`${verb}${name}Template`, key)).name, 'NotFoundException');
        }
        const gone = await refused(`Update${name}Template`, { ...key, [request]: content });
        assert.equal(gone.name, 'NotFoundException');
      });
    }

    it('lets templates name recommenders that are there', async () => {
      const { RecommenderConfigurationResponse: made } = await call('CreateRecommenderConfiguration', {
        CreateRecommenderConfiguration: {
          RecommendationProviderUri: 'arn:aws:personalize:us-east-1:123456789012:campaign/films',
          RecommendationProviderRoleArn: 'arn:aws:iam::123456789012:role/recommend', RecommendationsDisplayName: 'Films',
        },
      });
      const recommending = types.filter(({ name }) => ['Email', 'Sms', 'Push'].includes(name));
      for (const { name, type, request, response, content } of recommending) {
        const written = (RecommenderId) => ({
          TemplateName: 'films', [request]: { ...content, Headers: undefined, RecommenderId },
        });
        const lost = await refused(`Create${name}Template`, written('0'.repeat(32)));
        assert.equal(lost.name, 'BadRequestException', type);
        assert.match(lost.message, /RecommenderId/);
        assert.equal((await refused(`Get${name}Template`, { TemplateName: 'films' })).name, 'NotFoundException');
        await call(`Create${name}Template`, written(made.Id));
        assert.equal((await refused(`Update${name}Template`, written('0'.repeat(32)))).name, 'BadRequestException');
        const stored = (await call(`Get${name}Template`, { TemplateName: 'films' }))[response];
        assert.equal(stored.RecommenderId, made.Id);
      }
      await call('DeleteRecommenderConfiguration', { RecommenderId: made.Id });
      const { ApplicationResponse: app } = await call('CreateApp', { CreateApplicationRequest: { Name: 'films' } });
      const ApplicationId = app.Id;
      const { SegmentResponse: segment } = await call('CreateSegment', { ApplicationId, WriteSegmentRequest: { Name: 's' } });
      const campaign = (Name) => ({
        ApplicationId,
        WriteCampaignRequest: {
          SegmentId: segment.Id, Schedule: { StartTime: 'IMMEDIATE', EndTime: new Date(Date.now() + 3600e3).toISOString() },
          TemplateConfiguration: { EmailTemplate: { Name } },
        },
      });
      const gone = await refused('CreateCampaign', campaign('films'));
      assert.equal(gone.name, 'BadRequestException');
      assert.match(gone.message, /TemplateConfiguration\.EmailTemplate\.RecommenderId/);
      await call('CreateEmailTemplate', { TemplateName: 'plain', EmailTemplateRequest: { Subject: 's', TextPart: 't' } });
      await call('CreateCampaign', campaign('plain'));
    });

    it('keeps recommender configurations', async () => {
      const definition = {
        Name: 'films', RecommendationProviderIdType: 'PINPOINT_USER_ID', RecommendationsPerMessage: 3,
        RecommendationProviderUri: 'arn:aws:personalize:us-east-1:123456789012:campaign/films',
        RecommendationProviderRoleArn: 'arn:aws:iam::123456789012:role/recommend',
        RecommendationTransformerUri: 'arn:aws:lambda:us-east-1:123456789012:function:t',
        Attributes: { 'Recommendations.Name': 'Film' },
      };
      const output = 'RecommenderConfigurationResponse';
      const made = (await call('CreateRecommenderConfiguration', { CreateRecommenderConfiguration: definition }))[output];
      for (const [member, value] of Object.entries(definition)) assert.deepEqual(made[member], value);
      const key = { RecommenderId: made.Id };
      assert.deepEqual((await call('GetRecommenderConfiguration', key))[output], made);
      const listed = (await call('GetRecommenderConfigurations')).ListRecommenderConfigurationsResponse;
      assert.deepEqual(listed.Item, [made]);
      const UpdateRecommenderConfiguration = { ...definition, Description: 'better' };
      const updated = (await call('UpdateRecommenderConfiguration', { ...key, UpdateRecommenderConfiguration }))[output];
      assert.equal(updated.Description, 'better');
      assert.equal((await call('DeleteRecommenderConfiguration', key))[output].Id, made.Id);
      assert.equal((await refused('GetRecommenderConfiguration', key)).name, 'NotFoundException');
      assert.equal((await refused('DeleteRecommenderConfiguration', key)).name, 'NotFoundException');
      const lost = await refused('UpdateRecommenderConfiguration', { ...key, UpdateRecommenderConfiguration: definition });
      assert.equal(lost.name, 'NotFoundException');
      const without = { ...definition, Attributes: undefined };
      const wrong = await refused('CreateRecommenderConfiguration', { CreateRecommenderConfiguration: without });
      assert.equal(wrong.name, 'BadRequestException');
      assert.match(wrong.message, /Attributes/);
      assert.equal((await refused('GetRecommenderConfigurations', { PageSize: 'many' })).name, 'BadRequestException');
    });
  });
}
