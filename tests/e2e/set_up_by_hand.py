"""Five fleets as administrators leave them: shell scripts that are run on lab hosts, with the host's name in `$1`.

Each begins on the lab's own hosts, whose three sites are taken off first: what is there is then Debian's, and what the
script does.
"""

from __future__ import annotations

PLAIN = """
cd /etc/apache2
rm -f sites-*/www.conf sites-*/app.conf sites-*/api.conf conf-*/lab-servername.conf
for module in ssl socache_shmcb rewrite proxy proxy_http headers; do rm -f mods-enabled/$module.*; done
number=${1#web}
"""

TWO_SITES = """
mkdir -p /var/www/shop /var/www/blog
for site in shop blog; do
  echo "$site" > /var/www/$site/index.html
  cat > sites-available/$site.conf <<END
<VirtualHost *:80>
    ServerName $site.example.test
    DocumentRoot /var/www/$site
</VirtualHost>
END
  ln -s ../sites-available/$site.conf sites-enabled/$site.conf
done
"""

SMALL_DIFFERENCES = """
mkdir -p /var/www/shop; echo shop > /var/www/shop/index.html
cat > sites-available/shop.conf <<END
<VirtualHost *:80 *:808$number>
    ServerName shop$number.example.test
    ServerAdmin ops@example.test
    DocumentRoot /var/www/shop
    ErrorLog \\${APACHE_LOG_DIR}/shop$number.log
</VirtualHost>
END
ln -s ../sites-available/shop.conf sites-enabled/shop.conf
echo "Listen 80
Listen 127.0.0.$number:808$number" > ports.conf
sed -i "s/MaxRequestWorkers.*/MaxRequestWorkers ${number}50/; s/ServerLimit.*/&/" mods-available/mpm_event.conf
"""

ANOTHER_ROLE = (
    TWO_SITES
    + """
if [ "$1" = web3 ]; then
  rm sites-enabled/* sites-available/shop.conf sites-available/blog.conf mods-enabled/status.*
  cat > sites-available/entrance.conf <<END
<VirtualHost *:80>
    ServerName entrance.example.test
    <Proxy balancer://shop>
        BalancerMember http://127.0.0.1:9000
    </Proxy>
    ProxyPass / balancer://shop/
</VirtualHost>
END
  ln -s ../sites-available/entrance.conf sites-enabled/entrance.conf
  for module in proxy proxy_http proxy_balancer slotmem_shm lbmethod_byrequests headers; do
    for kind in load conf; do
      test ! -e mods-available/$module.$kind || ln -s ../mods-available/$module.$kind mods-enabled/$module.$kind
    done
  done
else
  echo 'ServerSignature Off' > conf-available/front.conf
  ln -s ../conf-available/front.conf conf-enabled/front.conf
fi
"""
)

SECRETS = (
    TWO_SITES
    + """
mkdir -p ssl/private
cp /etc/ssl/private/lab.key ssl/private/shop.pem
cp /etc/ssl/private/lab.key ssl/shop.key; chmod 644 ssl/shop.key
cp /etc/ssl/certs/lab.pem ssl/shop.crt
cat /etc/ssl/certs/lab.pem /etc/ssl/private/lab.key > ssl/both.pem; chmod 644 ssl/both.pem
echo 'ann:$apr1$abcdefgh$0123456789012345678901' > .htpasswd
echo 'Define INTERNAL_NAME swordfish-1' > conf-available/quiet.conf; chmod 600 conf-available/quiet.conf
cat > conf-available/directory.conf <<END
<IfModule authnz_ldap_module>
    AuthLDAPBindDN cn=reader
    AuthLDAPBindPassword swordfish-2
</IfModule>
END
echo '#SetEnv DB_PASSWORD swordfish-3' > conf-available/old-database.conf
echo "ServerAdmin ops@example.test" > conf-available/harmless.conf
for conf in quiet directory harmless; do ln -s ../conf-available/$conf.conf conf-enabled/$conf.conf; done
"""
)

MESSY = (
    TWO_SITES
    + r"""
cp sites-available/shop.conf sites-available/shop.conf.bak
cp sites-available/blog.conf 'sites-available/blog.conf~'
ln -s ../sites-available/gone.conf sites-enabled/gone.conf
printf 'ServerSignature Off\r\n# by %s\r\n' $1 > conf-available/windows.conf
printf '# caf\351 of %s\nUseCanonicalName Off\n' $1 > conf-available/latin.conf
printf '# {{ lookup("pipe", "false") }} {%% raw %%} {# %s #}\nDefine OWN "{{%s}}"' $1 $1 > conf-available/braces.conf
printf 'HostnameLookups Off' > 'conf-available/a name.conf'
for conf in windows latin braces 'a name'; do ln -s "../conf-available/$conf.conf" "conf-enabled/$conf.conf"; done
rm sites-enabled/blog.conf; mv sites-available/blog.conf sites-enabled/blog.conf
chmod 664 sites-enabled/blog.conf; chown www-data:adm sites-enabled/blog.conf
chown 4321:4321 sites-available/shop.conf; chmod 755 sites-available/shop.conf
rm conf-enabled/security.conf
echo "# edited on $1" >> ports.conf
echo 'export APACHE_LOG_LEVEL=warn' >> envvars
"""
)
