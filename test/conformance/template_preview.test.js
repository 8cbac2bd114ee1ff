// A template rendered before it is stored: for somebody who is there, somebody made up, or nobody.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';

describe('template preview', () => {
  let server;
  let project;
  let preview;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    const rapport = rapportApi(server);
    preview = (request) => rapport('POST', '/rapport/v1/template-preview', request);
    await project.call('UpdateEndpoint', {
      EndpointId: 'e1',
      EndpointRequest: {
        ChannelType: 'EMAIL',
        Address: 'ana@example.org',
        User: { UserId: 'ana', UserAttributes: { Name: ['Ana'] } },
      },
    });
  });
  after(() => server?.dispose());

  it('renders for an endpoint that is there', async () => {
    const found = await preview({
      ApplicationId: project.app,
      EndpointId: 'e1',
      EmailTemplate: {
        Subject: 'Hi {{User.UserAttributes.Name}}',
        HtmlPart: '<p>{{Attributes.city}}</p>',
        DefaultSubstitutions: '{"Attributes.city": "Rome"}',
      },
    });
    assert.equal(found.TemplateType, 'EMAIL');
    assert.deepEqual(found.Parts, [
      { Part: 'Subject', Text: 'Hi Ana', Bytes: 6 },
      { Part: 'HtmlPart', Text: '<p>Rome</p>', Bytes: 11 },
    ]);
    assert.deepEqual(found.Variables, [
      { Name: 'Attributes.city', IsMissing: false, DefaultValue: 'Rome', Parts: ['HtmlPart'] },
      { Name: 'User.UserAttributes.Name', IsMissing: false, Value: 'Ana', Parts: ['Subject'] },
    ]);
    assert.deepEqual(found.Problems, []);
    assert.equal(found.Messages[0].ChannelType, 'EMAIL');
    assert.ok(found.EmailBytes > 100);
  });

  it('renders for somebody made up, and counts the parts of an SMS', async () => {
    const found = await preview({
      Endpoint: { Attributes: { name: ['Bo'] } },
      SMSTemplate: { Body: `{{Attributes.name}} ${'x'.repeat(160)} {{Attributes.none}}` },
    });
    assert.deepEqual(found.Sms, { Encoding: 'GSM_7', Characters: 164, Segments: 2, CharactersPerSegment: 153 });
    assert.deepEqual(found.Variables.filter(({ IsMissing }) => IsMissing).map(({ Name }) => Name), ['Attributes.none']);
  });

  it('shows what each platform of push gets', async () => {
    const found = await preview({
      PushTemplate: { Default: { Title: 'all', Body: 'b' }, GCM: { Title: 'android' } },
    });
    const titles = Object.fromEntries(found.Messages.map(({ ChannelType, Parts }) => [ChannelType, Parts[0].Text]));
    assert.equal(titles.GCM, 'android');
    assert.equal(titles.APNS, 'all');
  });

  it('says where a template is wrong, and answers all the same', async () => {
    const found = await preview({ VoiceTemplate: { Body: 'one\n{{#if x}}' } });
    assert.equal(found.Problems.length, 1);
    const [{ Part, Line, Severity, Message }] = found.Problems;
    assert.deepEqual({ Part, Line, Severity }, { Part: 'Body', Line: 2, Severity: 'ERROR' });
    assert.ok(Message.length > 5);
    assert.deepEqual(found.Messages, []);
  });

  it('refuses no template, two of them, and an endpoint there is not', async () => {
    await assert.rejects(preview({}), { name: 'BadRequestException', message: /EmailTemplate/ });
    await assert.rejects(preview({ SMSTemplate: { Body: 'a' }, VoiceTemplate: { Body: 'b' } }), {
      name: 'BadRequestException',
    });
    const sms = { SMSTemplate: { Body: 'a' } };
    await assert.rejects(preview({ ...sms, EndpointId: 'e1' }), { name: 'BadRequestException', message: /ApplicationId/ });
    await assert.rejects(preview({ ...sms, ApplicationId: project.app, EndpointId: 'none' }), { status: 404 });
    await assert.rejects(preview({ ...sms, ApplicationId: '0'.repeat(32), EndpointId: 'e1' }), { status: 404 });
  });
});
