import { describe, expect, test } from 'vitest'
import { evaluate } from '../../infra/checks/policy-evaluation/evaluate.ts'
import { functionArn } from '../../infra/constructs/names.ts'
import { capability, capabilityNames } from '../../shared/contracts/capabilities.ts'
import { functionNamed, ownCell, ownPolicies, resourcesOf } from './own-stacks.ts'

const { cell, templates } = ownCell('eu-central-1')
const policies = ownPolicies(cell, templates)
const group = resourcesOf(templates, 'AWS::EC2::SecurityGroup')

describe('the private network', () => {
  test.each(capabilityNames)('holds %s, with a way to the issuer only where tokens are verified', (name) => {
    const { inner, outer } = cell.privateNetwork
    expect(functionNamed(templates, name).properties['VpcConfig']).toEqual({
      SubnetIds: capability(name).trigger === 'http' ? outer : inner,
      SecurityGroupIds: [{ 'Fn::GetAtt': [group[0]?.id, 'GroupId'] }],
    })
  })

  test('lets nothing in, and out TLS alone', () => {
    expect(group.map(({ properties }) => properties)).toEqual([
      expect.objectContaining({
        VpcId: cell.privateNetwork.vpcId,
        SecurityGroupEgress: [expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
      }),
    ])
    expect(group[0]?.properties).not.toHaveProperty('SecurityGroupIngress')
    expect(resourcesOf(templates, 'AWS::EC2::SecurityGroupIngress')).toEqual([])
  })

  test.each(capabilityNames)('is joined by Lambda for %s, and never by its code', (name) => {
    const { properties } = functionNamed(templates, name)
    const principal = policies.arn(
      `overread-${cell.cellId}-service`,
      (properties['Role'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0],
    )
    const joins = (context: Readonly<Record<string, string>>) =>
      evaluate({ principal, action: 'ec2:CreateNetworkInterface', resource: '*', context }, policies).allowed
    expect(joins({})).toBe(true)
    expect(joins({ 'lambda:SourceFunctionArn': functionArn(cell, name) })).toBe(false)
  })
})
