import cloudtrail from '../../schemas/tables/cloudtrail.json' with { type: 'json' };
import deliveries from '../../schemas/tables/deliveries.json' with { type: 'json' };
import findings from '../../schemas/tables/findings.json' with { type: 'json' };
import hostAuth from '../../schemas/tables/host_auth.json' with { type: 'json' };
import { regionsBeside } from '../../src/archive/trail/regions.ts';
import { spanProperties } from '../../src/archive/trail/table-span.ts';
import { pascalCase } from '../functions/report-rules.ts';
import { ref, sub, type Part, type Resource, type Text } from '../cloudformation.ts';
import { archiveNames, hasHostLogs, type Stage } from '../stage.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

interface Table {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly columns: readonly Column[];
  readonly partitions: readonly Column[];
}

/**
 * tables gives Athena's tables over the trail's bucket and over what the pipeline writes. The table of the columnar copy is made by
 * the function that fills it.
 */
export function tables(stage: Stage, trailBucket: string): Part {
  const since = stage.params.trailSince;
  const trail = (table: Table): Resource => trailTable(table, stage, trailBucket);
  return {
    Resources: {
      ArchiveDatabase: {
        Type: 'AWS::Glue::Database',
        Properties: {
          CatalogId: ref('AWS::AccountId'),
          DatabaseInput: { Name: archiveNames(stage).database, Description: `Trail and findings of ${stage.prefix}` },
        },
      },
      CloudTrailTable: trail(cloudtrail),
      ...Object.fromEntries(
        cloudtrail.siblings.map((sibling) => [
          `${pascalCase(sibling.name)}Table`,
          trail({ ...cloudtrail, ...sibling }),
        ]),
      ),
      FindingsTable: writtenTable(findings, since),
      DeliveriesTable: writtenTable(deliveries, since),
      ...(hasHostLogs(stage) && { HostAuthTable: writtenTable(hostAuth, since) }),
    },
    Outputs: {
      ArchiveDatabase: { Description: 'Database of the tables', Value: ref('ArchiveDatabase') },
    },
  };
}

/** The folders of a trail's bucket are the partitions: Athena computes them, and no day has to be registered. */
function trailTable(table: Table, { params, region }: Stage, bucket: string): Resource {
  const { trailPrefix, trailOrganization, trailAccounts, trailRegions, trailSince } = params;
  const folders = [trailPrefix, 'AWSLogs', trailOrganization ?? ''].filter((part) => part !== '');
  const location = `s3://${bucket}/${folders.join('/')}/`;
  // In a template of CloudFormation ${!account} is what Athena reads as ${account}.
  const template = `${location}\${!account}/${table.folder}/\${!region}/\${!day}`;
  return glueTable(table, {
    location,
    projection: {
      'projection.account.type': 'enum',
      [spanProperties.accounts]:
        trailAccounts.length === 0 ? ref('AWS::AccountId') : trailAccounts.toSorted().join(','),
      // The function watch adds accounts as it finds them.
      [spanProperties.follow]: trailAccounts.length === 0 ? 'found' : 'given',
      'projection.region.type': 'enum',
      [spanProperties.regions]: (trailRegions.length === 0 ? regionsBeside(region) : trailRegions.toSorted()).join(','),
      ...dayProjection(trailSince),
      [spanProperties.folders]: sub(template),
    },
    // https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
    inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
    serde: 'org.apache.hive.hcatalog.data.JsonSerDe',
  });
}

/** A table of JSON lines, in a folder a day, that Firehose writes. */
function writtenTable(table: Table, since: string): Resource {
  return glueTable(table, {
    location: sub(`s3://\${ArchiveBucket}/${table.folder}/`),
    projection: {
      ...dayProjection(since),
      'storage.location.template': sub(`s3://\${ArchiveBucket}/${table.folder}/\${!day}`),
    },
    inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    serde: 'org.openx.data.jsonserde.JsonSerDe',
  });
}

function dayProjection(since: string): Readonly<Record<string, string>> {
  return {
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy/MM/dd',
    // Tomorrow has begun where clocks are ahead; a day without files costs nothing.
    'projection.day.range': `${since},NOW+1DAYS`,
    'projection.day.interval': '1',
    'projection.day.interval.unit': 'DAYS',
  };
}

interface Storage {
  readonly location: Text;
  readonly projection: Readonly<Record<string, Text>>;
  readonly inputFormat: string;
  readonly serde: string;
}

function glueTable(
  { name, description, columns, partitions }: Table,
  { location, projection, inputFormat, serde }: Storage,
): Resource {
  return {
    Type: 'AWS::Glue::Table',
    Properties: {
      CatalogId: ref('AWS::AccountId'),
      DatabaseName: ref('ArchiveDatabase'),
      TableInput: {
        Name: name,
        Description: description,
        TableType: 'EXTERNAL_TABLE',
        Parameters: { EXTERNAL: 'TRUE', classification: 'json', ...projection },
        PartitionKeys: partitions.map(glueColumn),
        StorageDescriptor: {
          Columns: columns.map(glueColumn),
          Location: location,
          InputFormat: inputFormat,
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          SerdeInfo: { SerializationLibrary: serde, Parameters: { 'serialization.format': '1' } },
        },
      },
    },
  };
}

function glueColumn({ name, type, description }: Column) {
  // Glue takes 255 characters.
  return { Name: name, Type: type, Comment: description.slice(0, 255) };
}
