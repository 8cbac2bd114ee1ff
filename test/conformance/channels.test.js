// The channel operations through the SDK: what they answer, and how they refuse.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const apns = { BundleId: 'b', TeamId: 't', TokenKey: 'hush-key', TokenKeyId: 'k', Enabled: true };
/** Of each channel: its name in operations and in shapes, its id, what it is set up with, and what is refused. */
const channels = [
  ['Adm', 'ADM', 'adm', { ClientId: 'hush-id', ClientSecret: 'hush', Enabled: true }, { ClientId: 'id', ClientSecret: undefined }],
  ['Apns', 'APNS', 'apns', apns, { TokenKey: 'k' }],
  ['ApnsSandbox', 'APNSSandbox', 'apns_sandbox', apns, { Certificate: 'c' }],
  ['ApnsVoip', 'APNSVoip', 'apns_voip', apns, { PrivateKey: 'p' }],
  ['ApnsVoipSandbox', 'APNSVoipSandbox', 'apns_voip_sandbox', apns, { DefaultAuthenticationMethod: 'hope' }],
  ['Baidu', 'Baidu', 'baidu', { ApiKey: 'a', SecretKey: 'hush', Enabled: true }, { ApiKey: 'a', SecretKey: undefined }],
  ['Email', 'Email', 'email', { FromAddress: 'a@example.com', Identity: 'arn:x', RoleArn: 'arn:r', Enabled: true }, { FromAddress: 'nobody', Identity: 'arn:x' }],
  ['Gcm', 'GCM', 'gcm', { ServiceJson: '{"private_key":"hush"}', DefaultAuthenticationMethod: 'TOKEN', Enabled: true }, { ServiceJson: 'none' }],
  ['Sms', 'SMS', 'sms', { SenderId: 'FILMS', ShortCode: '12345', Enabled: true }, { SenderId: 'much too long' }],
];

describe('channels', () => {
  let server;
  let aws;
  let ApplicationId;
  const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId, ...input });

  before(async () => {
    server = await RapportServer.start();
    aws = await drivers.sdk(server);
    const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'channels' } });
    ApplicationId = made.ApplicationResponse.Id;
  });
  after(() => server?.dispose());

  for (const [operation, shape, id, request, bad] of channels) {
    it(`sets up, reads and removes ${id}`, async () => {
      const of = (answer) => answer[`${shape}ChannelResponse`];
      const put = (document) => call(`Update${operation}Channel`, { [`${shape}ChannelRequest`]: document });
      assert.equal((await refusal(call(`Get${operation}Channel`))).name, 'NotFoundException');
      assert.equal((await refusal(call(`Delete${operation}Channel`))).name, 'NotFoundException');
      assert.equal((await refusal(put(bad))).name, 'BadRequestException');
      assert.equal(of(await put(request)).Version, 1);
      assert.equal(of(await put(request)).Version, 2);
      const channel = of(await call(`Get${operation}Channel`));
      assert.equal(channel.Platform, id.toUpperCase());
      assert.equal(channel.Id, id);
      assert.equal(channel.ApplicationId, ApplicationId);
      assert.equal(channel.Enabled, true);
      assert.equal(channel.HasCredential, true);
      assert.doesNotMatch(JSON.stringify(channel), /hush/);
      const listed = (await call('GetChannels')).ChannelsResponse.Channels;
      assert.deepEqual(Object.keys(listed).sort(), ['IN_APP', id.toUpperCase()].sort());
      assert.equal(listed[id.toUpperCase()].Version, 2);
      assert.equal(of(await call(`Delete${operation}Channel`)).Version, 2);
      assert.equal((await refusal(call(`Get${operation}Channel`))).name, 'NotFoundException');
    });
  }

  it('sets up, reads and removes voice', async () => {
    assert.equal((await refusal(call('GetVoiceChannel'))).name, 'NotFoundException');
    assert.equal((await refusal(call('DeleteVoiceChannel'))).name, 'NotFoundException');
    await call('UpdateVoiceChannel', { VoiceChannelRequest: { Enabled: false } });
    assert.equal((await call('GetVoiceChannel')).VoiceChannelResponse.Enabled, false);
    assert.equal((await call('DeleteVoiceChannel')).VoiceChannelResponse.Platform, 'VOICE');
  });

  it('knows no channel of an application that is none', async () => {
    const none = { ApplicationId: '0'.repeat(32) };
    assert.equal((await refusal(call('GetChannels', none))).name, 'NotFoundException');
    const request = { ...none, VoiceChannelRequest: { Enabled: true } };
    assert.equal((await refusal(call('UpdateVoiceChannel', request))).name, 'NotFoundException');
  });
});
