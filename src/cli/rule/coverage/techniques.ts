/**
 * The tactics of MITRE ATT&CK in the order of its matrix, with the ids and names that people read.
 * https://attack.mitre.org/tactics/enterprise/
 */
export const tactics = {
  reconnaissance: { id: 'TA0043', name: 'Reconnaissance' },
  'resource-development': { id: 'TA0042', name: 'Resource Development' },
  'initial-access': { id: 'TA0001', name: 'Initial Access' },
  execution: { id: 'TA0002', name: 'Execution' },
  persistence: { id: 'TA0003', name: 'Persistence' },
  'privilege-escalation': { id: 'TA0004', name: 'Privilege Escalation' },
  'defense-evasion': { id: 'TA0005', name: 'Defense Evasion' },
  'credential-access': { id: 'TA0006', name: 'Credential Access' },
  discovery: { id: 'TA0007', name: 'Discovery' },
  'lateral-movement': { id: 'TA0008', name: 'Lateral Movement' },
  collection: { id: 'TA0009', name: 'Collection' },
  'command-and-control': { id: 'TA0011', name: 'Command and Control' },
  exfiltration: { id: 'TA0010', name: 'Exfiltration' },
  impact: { id: 'TA0040', name: 'Impact' },
} as const satisfies Readonly<Record<string, { readonly id: string; readonly name: string }>>;

export type Tactic = keyof typeof tactics;

/** The release of ATT&CK that the table below follows. */
export const attackVersion = '17';

/** A technique of the cloud, container and Linux matrices with its tactics, and its sub-techniques by number. */
interface KnownTechnique {
  readonly name: string;
  readonly tactics: readonly Tactic[];
  readonly below?: Readonly<Record<string, string>>;
}

const known: Readonly<Record<string, KnownTechnique>> = {
  T1005: { name: 'Data from Local System', tactics: ['collection'] },
  T1020: { name: 'Automated Exfiltration', tactics: ['exfiltration'] },
  T1021: {
    name: 'Remote Services',
    tactics: ['lateral-movement'],
    below: {
      '001': 'Remote Desktop Protocol',
      '004': 'SSH',
      '007': 'Cloud Services',
      '008': 'Direct Cloud VM Connections',
    },
  },
  T1040: { name: 'Network Sniffing', tactics: ['credential-access', 'discovery'] },
  T1046: { name: 'Network Service Discovery', tactics: ['discovery'] },
  T1048: { name: 'Exfiltration Over Alternative Protocol', tactics: ['exfiltration'] },
  T1053: {
    name: 'Scheduled Task/Job',
    tactics: ['execution', 'persistence', 'privilege-escalation'],
    below: { '003': 'Cron', '007': 'Container Orchestration Job' },
  },
  T1059: {
    name: 'Command and Scripting Interpreter',
    tactics: ['execution'],
    below: { '004': 'Unix Shell', '009': 'Cloud API' },
  },
  T1068: { name: 'Exploitation for Privilege Escalation', tactics: ['privilege-escalation'] },
  T1069: { name: 'Permission Groups Discovery', tactics: ['discovery'], below: { '003': 'Cloud Groups' } },
  T1070: {
    name: 'Indicator Removal',
    tactics: ['defense-evasion'],
    below: { '002': 'Clear Linux or Mac System Logs', '004': 'File Deletion' },
  },
  T1071: { name: 'Application Layer Protocol', tactics: ['command-and-control'], below: { '004': 'DNS' } },
  T1074: { name: 'Data Staged', tactics: ['collection'], below: { '002': 'Remote Data Staging' } },
  T1078: {
    name: 'Valid Accounts',
    tactics: ['initial-access', 'persistence', 'privilege-escalation', 'defense-evasion'],
    below: { '001': 'Default Accounts', '003': 'Local Accounts', '004': 'Cloud Accounts' },
  },
  T1082: { name: 'System Information Discovery', tactics: ['discovery'] },
  T1087: {
    name: 'Account Discovery',
    tactics: ['discovery'],
    below: { '001': 'Local Account', '004': 'Cloud Account' },
  },
  T1090: { name: 'Proxy', tactics: ['command-and-control'] },
  T1098: {
    name: 'Account Manipulation',
    tactics: ['persistence', 'privilege-escalation'],
    below: {
      '001': 'Additional Cloud Credentials',
      '003': 'Additional Cloud Roles',
      '004': 'SSH Authorized Keys',
      '005': 'Device Registration',
      '006': 'Additional Container Cluster Roles',
      '007': 'Additional Local or Domain Groups',
    },
  },
  T1105: { name: 'Ingress Tool Transfer', tactics: ['command-and-control'] },
  T1110: {
    name: 'Brute Force',
    tactics: ['credential-access'],
    below: { '001': 'Password Guessing', '003': 'Password Spraying', '004': 'Credential Stuffing' },
  },
  T1114: { name: 'Email Collection', tactics: ['collection'], below: { '003': 'Email Forwarding Rule' } },
  T1119: { name: 'Automated Collection', tactics: ['collection'] },
  T1133: { name: 'External Remote Services', tactics: ['initial-access', 'persistence'] },
  T1136: {
    name: 'Create Account',
    tactics: ['persistence'],
    below: { '001': 'Local Account', '003': 'Cloud Account' },
  },
  T1190: { name: 'Exploit Public-Facing Application', tactics: ['initial-access'] },
  T1195: {
    name: 'Supply Chain Compromise',
    tactics: ['initial-access'],
    below: {
      '001': 'Compromise Software Dependencies and Development Tools',
      '002': 'Compromise Software Supply Chain',
    },
  },
  T1199: { name: 'Trusted Relationship', tactics: ['initial-access'] },
  T1201: { name: 'Password Policy Discovery', tactics: ['discovery'] },
  T1204: { name: 'User Execution', tactics: ['execution'], below: { '003': 'Malicious Image' } },
  T1213: {
    name: 'Data from Information Repositories',
    tactics: ['collection'],
    below: { '003': 'Code Repositories', '006': 'Databases' },
  },
  T1484: {
    name: 'Domain or Tenant Policy Modification',
    tactics: ['privilege-escalation', 'defense-evasion'],
    below: { '002': 'Trust Modification' },
  },
  T1485: { name: 'Data Destruction', tactics: ['impact'], below: { '001': 'Lifecycle-Triggered Deletion' } },
  T1486: { name: 'Data Encrypted for Impact', tactics: ['impact'] },
  T1489: { name: 'Service Stop', tactics: ['impact'] },
  T1490: { name: 'Inhibit System Recovery', tactics: ['impact'] },
  T1491: { name: 'Defacement', tactics: ['impact'], below: { '002': 'External Defacement' } },
  T1496: {
    name: 'Resource Hijacking',
    tactics: ['impact'],
    below: {
      '001': 'Compute Hijacking',
      '002': 'Bandwidth Hijacking',
      '003': 'SMS Pumping',
      '004': 'Cloud Service Hijacking',
    },
  },
  T1498: { name: 'Network Denial of Service', tactics: ['impact'] },
  T1499: {
    name: 'Endpoint Denial of Service',
    tactics: ['impact'],
    below: { '001': 'OS Exhaustion Flood', '002': 'Service Exhaustion Flood' },
  },
  T1505: { name: 'Server Software Component', tactics: ['persistence'] },
  T1525: { name: 'Implant Internal Image', tactics: ['persistence'] },
  T1526: { name: 'Cloud Service Discovery', tactics: ['discovery'] },
  T1528: { name: 'Steal Application Access Token', tactics: ['credential-access'] },
  T1529: { name: 'System Shutdown/Reboot', tactics: ['impact'] },
  T1530: { name: 'Data from Cloud Storage', tactics: ['collection'] },
  T1531: { name: 'Account Access Removal', tactics: ['impact'] },
  T1534: { name: 'Internal Spearphishing', tactics: ['lateral-movement'] },
  T1535: { name: 'Unused/Unsupported Cloud Regions', tactics: ['defense-evasion'] },
  T1537: { name: 'Transfer Data to Cloud Account', tactics: ['exfiltration'] },
  T1538: { name: 'Cloud Service Dashboard', tactics: ['discovery'] },
  T1543: { name: 'Create or Modify System Process', tactics: ['persistence', 'privilege-escalation'] },
  T1546: { name: 'Event Triggered Execution', tactics: ['persistence', 'privilege-escalation'] },
  T1548: {
    name: 'Abuse Elevation Control Mechanism',
    tactics: ['privilege-escalation', 'defense-evasion'],
    below: { '003': 'Sudo and Sudo Caching', '005': 'Temporary Elevated Cloud Access' },
  },
  T1550: {
    name: 'Use Alternate Authentication Material',
    tactics: ['defense-evasion', 'lateral-movement'],
    below: { '001': 'Application Access Token', '004': 'Web Session Cookie' },
  },
  T1552: {
    name: 'Unsecured Credentials',
    tactics: ['credential-access'],
    below: {
      '001': 'Credentials In Files',
      '004': 'Private Keys',
      '005': 'Cloud Instance Metadata API',
      '007': 'Container API',
    },
  },
  T1555: {
    name: 'Credentials from Password Stores',
    tactics: ['credential-access'],
    below: { '006': 'Cloud Secrets Management Stores' },
  },
  T1556: {
    name: 'Modify Authentication Process',
    tactics: ['persistence', 'defense-evasion', 'credential-access'],
    below: { '006': 'Multi-Factor Authentication', '007': 'Hybrid Identity', '009': 'Conditional Access Policies' },
  },
  T1562: {
    name: 'Impair Defenses',
    tactics: ['defense-evasion'],
    below: {
      '001': 'Disable or Modify Tools',
      '004': 'Disable or Modify System Firewall',
      '007': 'Disable or Modify Cloud Firewall',
      '008': 'Disable or Modify Cloud Logs',
    },
  },
  T1565: { name: 'Data Manipulation', tactics: ['impact'], below: { '001': 'Stored Data Manipulation' } },
  T1566: { name: 'Phishing', tactics: ['initial-access'] },
  T1567: {
    name: 'Exfiltration Over Web Service',
    tactics: ['exfiltration'],
    below: { '002': 'Exfiltration to Cloud Storage' },
  },
  T1572: { name: 'Protocol Tunneling', tactics: ['command-and-control'] },
  T1578: {
    name: 'Modify Cloud Compute Infrastructure',
    tactics: ['defense-evasion'],
    below: {
      '001': 'Create Snapshot',
      '002': 'Create Cloud Instance',
      '003': 'Delete Cloud Instance',
      '004': 'Revert Cloud Instance',
      '005': 'Modify Cloud Compute Configurations',
    },
  },
  T1580: { name: 'Cloud Infrastructure Discovery', tactics: ['discovery'] },
  T1583: { name: 'Acquire Infrastructure', tactics: ['resource-development'], below: { '001': 'Domains' } },
  T1584: { name: 'Compromise Infrastructure', tactics: ['resource-development'], below: { '001': 'Domains' } },
  T1586: { name: 'Compromise Accounts', tactics: ['resource-development'], below: { '003': 'Cloud Accounts' } },
  T1606: {
    name: 'Forge Web Credentials',
    tactics: ['credential-access'],
    below: { '001': 'Web Cookies', '002': 'SAML Tokens' },
  },
  T1609: { name: 'Container Administration Command', tactics: ['execution'] },
  T1610: { name: 'Deploy Container', tactics: ['execution', 'defense-evasion'] },
  T1611: { name: 'Escape to Host', tactics: ['privilege-escalation'] },
  T1613: { name: 'Container and Resource Discovery', tactics: ['discovery'] },
  T1619: { name: 'Cloud Storage Object Discovery', tactics: ['discovery'] },
  T1621: { name: 'Multi-Factor Authentication Request Generation', tactics: ['credential-access'] },
  T1648: { name: 'Serverless Execution', tactics: ['execution'] },
  T1651: { name: 'Cloud Administration Command', tactics: ['execution'] },
  T1654: { name: 'Log Enumeration', tactics: ['discovery'] },
  T1657: { name: 'Financial Theft', tactics: ['impact'] },
  T1666: { name: 'Modify Cloud Resource Hierarchy', tactics: ['defense-evasion'] },
  T1671: { name: 'Cloud Application Integration', tactics: ['persistence'] },
};

/** techniqueName is the name of a technique such as `T1078.004`; undefined for one that the table doesn't have. */
export function techniqueName(id: string): string | undefined {
  const [base = '', sub] = id.split('.');
  return sub === undefined ? known[base]?.name : known[base]?.below?.[sub];
}

/** tacticsOf are the tactics of a technique or sub-technique; none for one that the table doesn't have. */
export function tacticsOf(id: string): readonly Tactic[] {
  return known[id.slice(0, 5)]?.tactics ?? [];
}

/** isTactic says whether a Sigma tag's word names a tactic. */
export function isTactic(word: string): word is Tactic {
  return Object.hasOwn(tactics, word);
}
