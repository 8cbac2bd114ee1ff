// Direct messages and one-time passwords through the SDK, and the links in e-mails.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { readOutbox } from '../harness/outbox.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const sms = (Body) => ({ SMSMessage: { Body, MessageType: 'TRANSACTIONAL' } });
const number = '+12065550142';

describe('direct messages', () => {
  let server;
  let aws;
  let ApplicationId;
  const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId, ...input });
  const send = async (MessageRequest) => (await call('SendMessages', { MessageRequest })).MessageResponse;
  /** The document that the outbox has of a message. */
  const written = async (id) => {
    const outbox = await readOutbox(server);
    const line = outbox.lines.find((entry) => entry.id === id);
    return outbox.read(line.path);
  };

  before(async () => {
    server = await RapportServer.start({ environment: { RAPPORT_TRACKING_URL: 'https://mail.example' } });
    aws = await drivers.sdk(server);
    const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'messages' } });
    ApplicationId = made.ApplicationResponse.Id;
  });
  after(() => server?.dispose());

  it('says which channel is missing, then sends', async () => {
    const request = { Addresses: { [number]: { ChannelType: 'SMS' } }, MessageConfiguration: sms('hello') };
    const missing = (await send(request)).Result[number];
    assert.equal(missing.DeliveryStatus, 'PERMANENT_FAILURE');
    assert.match(missing.StatusMessage, /UpdateSmsChannel/);
    await call('UpdateSmsChannel', { SMSChannelRequest: { Enabled: true } });
    const result = (await send(request)).Result[number];
    assert.equal(result.DeliveryStatus, 'SUCCESSFUL');
    assert.equal(result.StatusCode, 200);
    assert.equal(result.StatusMessage, `MessageId: ${result.MessageId}`);
    const document = JSON.parse(await written(result.MessageId));
    assert.equal(document.Address, number);
    assert.equal(document.Message.Body, 'hello');
  });

  it('sends once for one TraceId', async () => {
    const request = { Addresses: { [number]: { ChannelType: 'SMS' } }, MessageConfiguration: sms('once'), TraceId: 't' };
    const first = await send(request);
    assert.deepEqual((await send(request)).Result, first.Result);
    const { lines } = await readOutbox(server);
    assert.equal(lines.filter((line) => line.id === first.Result[number].MessageId).length, 1);
  });

  it('renders for endpoints, and tells who opted out', async () => {
    const User = { UserId: 'ana', UserAttributes: { Name: ['Ana'] } };
    const put = (EndpointId, EndpointRequest) => call('UpdateEndpoint', { EndpointId, EndpointRequest });
    await put('mail', { ChannelType: 'EMAIL', Address: 'ana@example.com', User });
    await put('out', { ChannelType: 'EMAIL', Address: 'out@example.com', OptOut: 'ALL' });
    const MessageConfiguration = {
      EmailMessage: {
        SimpleEmail: {
          Subject: { Data: 'For {{User.UserAttributes.Name}}' },
          HtmlPart: { Data: '<body><a href="https://shop.example/a">go</a></body>' },
        },
      },
    };
    const { EndpointResult } = await send({ Endpoints: { mail: {}, out: {}, nobody: {} }, MessageConfiguration });
    assert.equal(EndpointResult.mail.DeliveryStatus, 'SUCCESSFUL');
    assert.equal(EndpointResult.mail.Address, 'ana@example.com');
    assert.equal(EndpointResult.out.DeliveryStatus, 'OPT_OUT');
    assert.equal(EndpointResult.nobody.DeliveryStatus, 'PERMANENT_FAILURE');
    const mail = await written(EndpointResult.mail.MessageId);
    assert.match(mail, /^Subject: For Ana/m);
    assert.doesNotMatch(mail, /List-Unsubscribe/);
    const plain = mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
    const [link] = /\/t\/[\w.-]+/.exec(plain);
    const answer = await fetch(server.endpoint + link, { redirect: 'manual' });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('location'), 'https://shop.example/a');
    assert.equal((await fetch(`${server.endpoint}${link}x`, { redirect: 'manual' })).status, 404);
  });

  it('sends to every active endpoint of a user', async () => {
    const SendUsersMessageRequest = {
      Users: { ana: {}, nobody: {} },
      MessageConfiguration: { EmailMessage: { SimpleEmail: { TextPart: { Data: 'hello' }, Subject: { Data: 's' } } } },
    };
    const answer = await call('SendUsersMessages', { SendUsersMessageRequest });
    const { Result } = answer.SendUsersMessageResponse;
    assert.equal(Result.ana.mail.DeliveryStatus, 'SUCCESSFUL');
    assert.deepEqual(Result.nobody, {});
    SendUsersMessageRequest.Users = {};
    assert.equal((await refusal(call('SendUsersMessages', { SendUsersMessageRequest }))).name, 'BadRequestException');
  });

  it('refuses what cannot be meant', async () => {
    const nobody = { MessageRequest: { MessageConfiguration: sms('x') } };
    assert.equal((await refusal(call('SendMessages', nobody))).name, 'BadRequestException');
    const bad = { MessageRequest: { Addresses: { a: { ChannelType: 'SMS' } }, MessageConfiguration: sms('{{#if}}') } };
    assert.match((await refusal(call('SendMessages', bad))).message, /Body/);
    const none = { ...nobody, ApplicationId: '0'.repeat(32) };
    assert.equal((await refusal(call('SendMessages', none))).name, 'NotFoundException');
  });

  it('offers one-click unsubscription in campaigns, which a GET never takes', async () => {
    const { SegmentResponse } = await call('CreateSegment', { WriteSegmentRequest: { Name: 'everybody' } });
    const WriteCampaignRequest = {
      Name: 'news',
      SegmentId: SegmentResponse.Id,
      Schedule: { StartTime: 'IMMEDIATE' },
      MessageConfiguration: { EmailMessage: { Title: 'News', HtmlBody: '<p>hello</p>' } },
    };
    const { CampaignResponse } = await call('CreateCampaign', { WriteCampaignRequest });
    const line = await eventually('the campaign has written', async () =>
      (await readOutbox(server)).lines.find((entry) => entry.campaign === CampaignResponse.Id));
    const mail = (await written(line.id)).replace(/\r\n[ \t]/g, '');
    assert.match(mail, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    const [, path] = /^List-Unsubscribe: ?<https:\/\/mail\.example([^>]*)>/m.exec(mail);
    const optOut = async () =>
      (await call('GetEndpoint', { EndpointId: 'mail' })).EndpointResponse.OptOut;
    const page = await fetch(server.endpoint + path);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<form method="post">/);
    assert.equal(await optOut(), 'NONE');
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    assert.equal((await fetch(server.endpoint + path, { method: 'POST', body })).status, 200);
    assert.equal(await optOut(), 'ALL');
  });

  it('sends and verifies one-time passwords', async () => {
    const request = {
      BrandName: 'ExampleCorp',
      Channel: 'SMS',
      DestinationIdentity: number,
      OriginationIdentity: '+18555550142',
      ReferenceId: 'ref',
    };
    const sent = await call('SendOTPMessage', { SendOTPMessageRequestParameters: request });
    const result = sent.MessageResponse.Result[number];
    assert.equal(result.DeliveryStatus, 'SUCCESSFUL');
    const { Body } = JSON.parse(await written(result.MessageId)).Message;
    const [, Otp] = /^This is your One Time Password: (\d{6}) from ExampleCorp$/.exec(Body);
    const verify = async (code) => {
      const parameters = { DestinationIdentity: number, Otp: code, ReferenceId: 'ref' };
      const answer = await call('VerifyOTPMessage', { VerifyOTPMessageRequestParameters: parameters });
      return answer.VerificationResponse.Valid;
    };
    assert.equal(await verify('000'), false);
    assert.equal(await verify(Otp), true);
    assert.equal(await verify(Otp), false);
    const bad = { ...request, DestinationIdentity: 'nobody' };
    const refused = await refusal(call('SendOTPMessage', { SendOTPMessageRequestParameters: bad }));
    assert.equal(refused.name, 'BadRequestException');
    const parameters = { DestinationIdentity: number, Otp, ReferenceId: 'ref' };
    const none = { ApplicationId: '0'.repeat(32), VerifyOTPMessageRequestParameters: parameters };
    assert.equal((await refusal(call('VerifyOTPMessage', none))).name, 'NotFoundException');
  });

  it('says what a telephone number is', async () => {
    const validate = async (NumberValidateRequest) =>
      (await aws.call('pinpoint', 'PhoneNumberValidate', { NumberValidateRequest })).NumberValidateResponse;
    assert.deepEqual(await validate({ PhoneNumber: '0151 496 0001', IsoCountryCode: 'GB' }), {
      OriginalPhoneNumber: '0151 496 0001',
      OriginalCountryCodeIso2: 'GB',
      PhoneType: 'LANDLINE',
      PhoneTypeCode: 1,
      CleansedPhoneNumberE164: '+441514960001',
      CleansedPhoneNumberNational: '1514960001',
      CountryCodeIso2: 'GB',
      CountryCodeNumeric: '44',
      Country: 'United Kingdom',
      City: 'Liverpool',
      Timezone: 'Europe/London',
    });
    const invalid = await validate({ PhoneNumber: '+440163296076' });
    assert.equal(invalid.PhoneType, 'INVALID');
    assert.equal(invalid.PhoneTypeCode, 3);
    assert.equal(invalid.CleansedPhoneNumberE164, '+44163296076');
    for (const bad of [{}, { PhoneNumber: number, IsoCountryCode: 'XX' }]) {
      assert.equal((await refusal(validate(bad))).name, 'BadRequestException');
    }
  });
});
